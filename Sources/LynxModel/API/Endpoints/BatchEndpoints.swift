import LynxDocument

/// Batches and their results.
extension Endpoint {
    package static var submit: Endpoint<BatchSubmission, BatchReceipt> {
        .init(
            .post, "/jobs", .scope(.submit), .batches, "Submit a batch.",
            remarks: "The body is the batch file as JSON, at most \(BodyLimit.submission >> 20) MiB. Unknown fields are refused.",
            parameters: [.idempotencyKey], bodyLimit: BodyLimit.submission, bodyExample: submissionExample,
            answers: [
                .created(
                    "Queued.",
                    example: ["batch_id": "20261123T190236-8f5b7656", "total_jobs": 2, "estimated_completion_time_mins": 0.0967],
                    links: .object([
                        "batch": linkToBatch(batch), "jobs": linkToBatch(batchJobs), "results": linkToBatch(batchResults),
                        "cancel": linkToBatch(cancelBatch),
                    ]))
            ])
    }

    private static var submissionExample: JSONValue {
        let axis: JSONValue = ["distribution": ["type": "uniform", "min": 6_950_000, "max": 7_050_000], "units": "m"]
        return [
            "name": "two orbits",
            "config": [
                "simulation": ["name": "basic_orbit", "type": .string(SimulationSpec.defaultType)], "monte_carlo": ["runs": 2, "seed": 42],
                "dispersions": ["semi_major_axis_m": axis],
            ],
        ]
    }

    private static func linkToBatch<B, A>(_ endpoint: Endpoint<B, A>) -> JSONValue {
        ["operationId": .string(endpoint.description.id), "parameters": [EndpointParameter.batch.name: "$response.body#/batch_id"]]
    }

    package static var batches: Endpoint<Void, BatchList> {
        .init(
            .get, "/batches", .scope(.read), .batches, "The batches, newest first.",
            parameters: [.batchStatus, .batchName, .limit, .cursor], answers: [.ok("A part of the list.")])
    }

    package static var batch: Endpoint<Void, BatchOverview> {
        .init(
            .get, "/batches/\(.batch)", .scope(.read), .batches, "How far a batch is.",
            answers: [.ok("The batch, and how many jobs are in each state."), .notFound])
    }

    package static var batchJobs: Endpoint<Void, JobList> {
        .init(
            .get, "/batches/\(.batch)/jobs", .scope(.read), .batches, "A batch's jobs, by run index.",
            parameters: [.jobStatus, .limit, .cursor], answers: [.ok("A part of the list."), .notFound])
    }

    package static var batchResults: Endpoint<Void, ResultList> {
        .init(
            .get, "/batches/\(.batch)/results", .scope(.read), .batches, "The results there are so far, by run index.",
            remarks: "All of them, sent as they are read, unless `limit` or `cursor` is given.",
            parameters: [.telemetry, .resultLimit, .cursor], answers: [.ok("The results."), .notFound])
    }

    package static var batchEvents: Endpoint<Void, EventContent> {
        .init(
            .get, "/batches/\(.batch)/events", .scope(.read), .batches, "A batch's events as they happen.",
            remarks: """
                Server-sent events. `batch`: a BatchOverview, when it changes, at most ten times a second; `job`: a \
                JobEnd, for each job that reaches a terminal state, once in order; `end`: a BatchOverview, when the \
                batch has ended, as the last one. A comment comes when nothing else has for 15 seconds.
                """,
            parameters: [.jobEvents, .lastEventID],
            answers: [
                .ok(
                    "The events.",
                    example: #"""
                        id: 1
                        event: job
                        data: {"attempt":1,"job_id":"20261123T190236-8f5b7656-0","run_index":0,"status":"Completed"}


                        """#),
                .notFound,
            ])
    }

    package static var retryFailed: Endpoint<Void, BatchOverview> {
        .init(
            .post, "/batches/\(.batch)/retry-failed", .scope(.submit), .batches, "Queue a batch's failed and timed-out jobs again.",
            remarks: "With all their retries; the results of earlier attempts stay. 409 for a batch that was cancelled.",
            answers: [.ok("The batch."), .notFound, .conflict])
    }

    package static var cancelBatch: Endpoint<Void, BatchOverview> {
        .init(
            .post, "/batches/\(.batch)/cancel", .scope(.submit), .batches, "Cancel what of a batch is not done yet.",
            remarks: "What runs is killed. Cancelling a cancelled batch changes nothing.",
            answers: [.ok("The batch."), .notFound, .conflict])
    }

    package static var batchTelemetry: Endpoint<Void, CSVContent> {
        .init(
            .get, "/batches/\(.batch)/telemetry.csv", .scope(.read), .batches, "The telemetry of a batch's jobs as CSV (RFC 4180).",
            remarks: "A line for each point: job_id, run_index, variable, units, time_s, value. Sent as it is read.",
            parameters: [.variables, .from, .to, .maxPoints], answers: [.ok("The points."), .notFound])
    }

    package static var batchArtifacts: Endpoint<Void, BatchArtifactList> {
        .init(
            .get, "/batches/\(.batch)/artifacts", .scope(.read), .batches, "The files and logs of a batch's jobs, by run index.",
            remarks: "Those of the latest attempt at each job.", parameters: [.limit, .cursor],
            answers: [.ok("A part of the list."), .notFound])
    }

    package static var collect: Endpoint<Void, CollectionReport> {
        .init(
            .post, "/gc", .scope(.admin), .batches, "Remove files and telemetry of batches that ended long enough ago.",
            remarks: "Jobs and the summaries of their results stay. Only the caller's tenant is looked at. Scope `admin`.",
            parameters: [.dryRun], answers: [.ok("What was removed."), .conflict])
    }
}

extension EndpointParameter {
    package static let idempotencyKey = EndpointParameter(
        .header, "Idempotency-Key", .text(["minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"]),
        "The same key with the same body gets the same answer, and makes one batch; with another body, 422. Kept for two days.")
    package static let batchStatus = EndpointParameter(
        .query, "status", .choice(of: BatchStatus.self, isComponent: true), "Only batches in this state.")
    package static let batchName = EndpointParameter(.query, "name", .text(), "Only batches of exactly this name.")
    package static let jobStatus = EndpointParameter(
        .query, "status", .choice(of: JobStatus.self, isComponent: true), "Only jobs in this state.")
    package static let resultLimit = EndpointParameter(.query, "limit", .integer(limits), "At most so many; without it, all.")
    package static let jobEvents = EndpointParameter(
        .query, "jobs", .choice(of: JobEvents.self, default: .all), "`none` leaves the events of single jobs out.")
    package static let lastEventID = EndpointParameter(
        .header, "Last-Event-ID", .text(["pattern": "^(0|[1-9][0-9]{0,17})(/(0|[1-9][0-9]{0,17}))?$"]),
        "Goes on after this event, without a gap.")
    package static let dryRun = EndpointParameter(
        .query, "dry_run", .choice(["true", "false"], default: "false"), "Only say what would be removed.")
}

/// Whether the ends of single jobs are told among a batch's events.
package enum JobEvents: String, CaseIterable, Sendable {
    case all, none
}
