import LynxDocument

/// What a study answers: verdicts, statistics, and what changed since another.
extension Endpoint {
    package static var verdicts: Endpoint<Void, StudyVerdicts> {
        .init(
            .get, "/batches/\(.batch)/verdicts", .scope(.read), .batches, "What a batch's runs say of its requirements.",
            remarks: "Judged on the runs, in the order of their indices, up to the first that has not ended.",
            answers: [.ok("A verdict for each requirement."), .notFound])
    }

    package static var evaluate: Endpoint<RequirementList, StudyVerdicts> {
        .init(
            .post, "/batches/\(.batch)/evaluate", .scope(.read), .batches, "Judge a batch by other requirements.",
            remarks: "On what is stored of its runs; nothing is run, and nothing is changed.", bodyLimit: BodyLimit.submission,
            answers: [.ok("A verdict for each requirement."), .notFound])
    }

    package static var statistics: Endpoint<Void, StudyStatistics> {
        .init(
            .get, "/batches/\(.batch)/statistics", .scope(.read), .batches, "Statistics of a batch's outputs and breaches.",
            parameters: [.ellipsePairs], answers: [.ok("The statistics."), .notFound])
    }

    package static var drivers: Endpoint<Void, StudyDrivers> {
        .init(
            .get, "/batches/\(.batch)/drivers", .scope(.read), .batches,
            "What drives a batch's outputs, and what tells its failures apart.",
            remarks: "With Sobol' indices, of a batch with `sampling_method: saltelli`.", parameters: [.drivenOutput],
            answers: [.ok("The drivers."), .notFound])
    }

    package static var compare: Endpoint<Void, StudyComparison> {
        .init(
            .get, "/batches/\(.batch)/compare/\(.otherBatch)", .scope(.read), .batches, "What changed from one batch to another.",
            remarks: "Run by run where both have the same seed and dispersions, else as two samples.",
            answers: [.ok("The changes."), .notFound])
    }

    package static var provenanceRecord: Endpoint<Void, ProvenanceRecord> {
        .init(
            .get, "/batches/\(.batch)/records/\(.sha256)", .scope(.read), .batches, "A text that the provenance of results refers to.",
            remarks: "The installed distributions of an interpreter, or the environment of a simulation, by its SHA-256.",
            answers: [.ok("The record."), .notFound])
    }

    package static var extend: Endpoint<ExtensionRequest, BatchOverview> {
        .init(
            .post, "/batches/\(.batch)/extend", .scope(.submit), .batches, "Append runs to a batch.",
            remarks: "What was drawn stays. 409 for a batch that was cancelled, and for a design that more runs would change.",
            answers: [.ok("The batch."), .notFound, .conflict])
    }

    package static var appendRows: Endpoint<AppendRequest, BatchOverview> {
        .init(
            .post, "/batches/\(.batch)/rows", .scope(.submit), .batches, "Append rows to the table of an open batch.",
            remarks: """
                Each row is a run. The same rows with the same `first_run` once more change nothing, so a call whose answer was lost \
                can be made again. 409 for a batch that is not open, and if `first_run` is not its number of runs.
                """,
            bodyLimit: BodyLimit.submission, answers: [.ok("The batch."), .notFound, .conflict])
    }

    package static var close: Endpoint<Void, BatchOverview> {
        .init(
            .post, "/batches/\(.batch)/close", .scope(.submit), .batches, "Let an open batch end with the runs it has.",
            remarks: "Closing a closed batch changes nothing.", answers: [.ok("The batch."), .notFound])
    }

    package static var rareEvent: Endpoint<Void, RareEventEstimate> {
        .init(
            .get, "/batches/\(.batch)/rare-event", .scope(.read), .batches, "The probability of failure that a subset simulation finds.",
            remarks: "409 for a batch of another sampling method.", answers: [.ok("The estimate so far."), .notFound, .conflict])
    }
}

extension EndpointParameter {
    package static let ellipsePairs = EndpointParameter(
        .query, "pairs", .text(),
        """
        Pairs of outputs whose dispersion ellipses are told, such as `east_m:north_m,apoapsis_km:periapsis_km`, at most \(EllipsePairs.most); \
        `\(EllipsePairs.sharedUnitsWord)` for the first \(EllipsePairs.mostShared) pairs that share their units.
        """, example: "east_m:north_m")
    package static let otherBatch = EndpointParameter(
        .path, "other", .text(["minLength": 1]), "The later batch.", example: "20261124T081502-1c0de5aa")
    package static let drivenOutput = EndpointParameter(
        .query, "output", .text(),
        "The output whose drivers are told; those that requirements are about, or the first ones, if left out.")
}

/// The body of `POST /batches/{id}/evaluate`.
package struct RequirementList: Codable, Hashable, Sendable {
    package var requirements: [RequirementSpec]

    package init(requirements: [RequirementSpec]) { self.requirements = requirements }
}
