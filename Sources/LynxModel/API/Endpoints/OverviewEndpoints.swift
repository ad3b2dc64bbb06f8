import LynxDocument

/// What a person looks through: all studies at a glance, and what one was submitted as.
extension Endpoint {
    package static var studies: Endpoint<Void, StudyList> {
        .init(
            .get, "/studies", .scope(.read), .batches, "The batches with what is known of each at a glance, newest first.",
            remarks: """
                A verdict that takes long to find is left out, and is there when the call is made again.
                """,
            parameters: [.batchStatus, .search, .limit, .cursor], answers: [.ok("A part of the list.")])
    }

    package static var submission: Endpoint<Void, BatchSubmission> {
        .init(
            .get, "/batches/\(.batch)/submission", .scope(.read), .batches, "What a batch was submitted as.",
            remarks: "With the seed that was drawn for it, and the fields that it left out.", answers: [.ok("The batch file as JSON."), .notFound])
    }

    package static var retryRuns: Endpoint<RetryRequest, BatchOverview> {
        .init(
            .post, "/batches/\(.batch)/retry", .scope(.submit), .batches, "Queue some of a batch's failed and timed-out jobs again.",
            remarks: """
                Those of the runs named that failed or timed out, with all their retries; `requeued` says how many they are. The results of \
                earlier attempts stay. 409 for a batch that was cancelled.
                """,
            answers: [.ok("The batch."), .notFound, .conflict])
    }
}

extension EndpointParameter {
    package static let search = EndpointParameter(
        .query, "search", .text(["maxLength": 200]), "Only batches whose name, id, simulation or submitter has this in it, in any case.",
        example: "orbit")
}

/// The body of `POST /batches/{id}/retry`.
package struct RetryRequest: Codable, Hashable, Sendable {
    package static let mostRuns = 10_000

    /// Run indices.
    package var runs: [Int]

    package init(runs: [Int]) { self.runs = runs }
}
