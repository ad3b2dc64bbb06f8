import FoundationEssentials
import Hummingbird
import LynxModel
import NIOCore

/// Batches, jobs and their results: what users call.
extension API {
    var studyRoutes: [Route] {
        [
            raw(.submit, submit),
            on(.batches, listBatches),
            on(.batch) { _, context in try await ledger.overview(batchID: try context.id(.batch)) },
            raw(.batchEvents, events),
            raw(.batchResults, listResults),
            on(.batchJobs, listJobs),
            on(.cancelBatch) { _, context in try await ledger.cancelBatch(try context.id(.batch)) },
            on(.retryFailed) { _, context in try await ledger.retryFailed(try context.id(.batch)) },
            on(.jobAttempts) { _, context in AttemptList(attempts: try await ledger.attempts(jobID: try context.id(.job))) },
            raw(.attemptResult) { request, context in
                let (jobID, detail) = (try context.id(.job), try request.resultDetail())
                let text = try context.id(.attemptNumber)
                guard let attempt = Int(text), attempt >= 1, String(attempt) == text else {
                    throw Problem.notFound("job '\(jobID)' had no attempt '\(text)'")
                }
                return .json(data: try await ledger.result(jobID: jobID, attempt: attempt, detail: detail))
            },
            on(.job) { _, context in try await ledger.job(try context.id(.job)) },
            raw(.jobResult) { request, context in
                let detail = try request.resultDetail()
                return .json(data: try await ledger.result(jobID: try context.id(.job), detail: detail))
            },
            on(.cancelJob) { _, context in try await ledger.cancelJob(try context.id(.job)) },
        ]
    }

    @Sendable private func submit(_ request: Request, _ context: APIContext) async throws -> Response {
        let body = try await request.bytes(upTo: BodyLimit.submission)
        let once = try request.submissionKey(body: body)
        let submission = try BatchSubmission.read(body: body)
        try submission.config.simulation.bundle?.check()
        var receipt = try await ledger.submit(submission, tenant: context.caller.tenant, by: context.caller.name, once: once)
        receipt.unroutable = try await ledger.overview(batchID: receipt.batchID).unroutable
        context.logger.batchSubmitted(receipt)
        return try .json(receipt, status: .created)
    }

    @Sendable private func listBatches(_ request: Request, _ context: APIContext) async throws -> BatchList {
        let page = try await ledger.batches(
            BatchFilter(tenant: context.caller.tenant, status: try request.choice(.batchStatus), name: request.text(.batchName)),
            limit: try request.limit(), after: try request.cursor())
        return BatchList(batches: page.items, nextCursor: page.next)
    }

    @Sendable private func listJobs(_ request: Request, _ context: APIContext) async throws -> JobList {
        let page = try await ledger.jobs(
            batchID: try context.id(.batch), status: try request.choice(.jobStatus), limit: try request.limit(),
            after: try request.runIndexCursor())
        return JobList(jobs: page.items, nextCursor: page.next)
    }

    /// Sent part by part as it is read: thousands of results with their telemetry never are in memory together.
    @Sendable private func listResults(_ request: Request, _ context: APIContext) async throws -> Response {
        let batchID = try context.id(.batch)
        let detail = try request.resultDetail()
        let cursor = try request.runIndexCursor()
        let isPart = cursor != nil || request.text(.resultLimit) != nil
        let limit = isPart ? try request.integer(.resultLimit) ?? EndpointParameter.standardLimit : Int.max
        _ = try await ledger.overview(batchID: batchID)
        let body = ResponseBody { writer in
            var last = cursor
            var left = limit
            var hasMore = true
            var separator = #"{"results":["#
            while left > 0, hasMore {
                let part = try await ledger.results(batchID: batchID, detail: detail, limit: min(16, left), after: last)
                for document in part.documents {
                    var buffer = ByteBuffer(string: separator)
                    buffer.writeBytes(document)
                    try await writer.write(buffer)
                    separator = ","
                }
                left -= part.documents.count
                last = part.last ?? last
                hasMore = part.hasMore
            }
            let next = hasMore ? #","next_cursor":"\#(last ?? 0)""# : ""
            try await writer.write(ByteBuffer(string: (separator == "," ? "]" : "\(separator)]") + next + "}"))
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: [.contentType: "application/json"], body: body)
    }
}
