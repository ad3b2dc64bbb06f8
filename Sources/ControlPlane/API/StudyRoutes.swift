import FoundationEssentials
import Hummingbird
import LynxModel
import NIOCore

/// Batches, jobs and their results: what users call.
extension API {
    var studyRoutes: [Route] {
        [
            Route(method: .post, path: "/jobs", access: .scope(.submit), handler: submit),
            Route(method: .get, path: "/batches", access: .scope(.read), handler: listBatches),
            Route(method: .get, path: "/batches/:batch", access: .scope(.read)) { _, context in
                try .json(try await ledger.overview(batchID: try context.id("batch")))
            },
            Route(method: .get, path: "/batches/:batch/events", access: .scope(.read), handler: events),
            Route(method: .get, path: "/batches/:batch/results", access: .scope(.read), handler: listResults),
            Route(method: .get, path: "/batches/:batch/jobs", access: .scope(.read), handler: listJobs),
            Route(method: .post, path: "/batches/:batch/cancel", access: .scope(.submit)) { _, context in
                try .json(try await ledger.cancelBatch(try context.id("batch")))
            },
            Route(method: .post, path: "/batches/:batch/retry-failed", access: .scope(.submit)) { _, context in
                try .json(try await ledger.retryFailed(try context.id("batch")))
            },
            Route(method: .get, path: "/jobs/:job/attempts", access: .scope(.read)) { _, context in
                try .json(AttemptList(attempts: try await ledger.attempts(jobID: try context.id("job"))))
            },
            Route(method: .get, path: "/jobs/:job/attempts/:attempt/results", access: .scope(.read)) { request, context in
                let (jobID, detail) = (try context.id("job"), try request.resultDetail())
                let text = try context.id("attempt")
                guard let attempt = Int(text), attempt >= 1, String(attempt) == text else {
                    throw Problem.notFound("job '\(jobID)' had no attempt '\(text)'")
                }
                return .json(data: try await ledger.result(jobID: jobID, attempt: attempt, detail: detail))
            },
            Route(method: .get, path: "/jobs/:job", access: .scope(.read)) { _, context in
                try .json(try await ledger.job(try context.id("job")))
            },
            Route(method: .get, path: "/jobs/:job/results", access: .scope(.read)) { request, context in
                let detail = try request.resultDetail()
                return .json(data: try await ledger.result(jobID: try context.id("job"), detail: detail))
            },
            Route(method: .post, path: "/jobs/:job/cancel", access: .scope(.submit)) { _, context in
                try .json(try await ledger.cancelJob(try context.id("job")))
            },
        ]
    }

    @Sendable private func submit(_ request: Request, _ context: APIContext) async throws -> Response {
        let body = try await request.bytes(upTo: BodyLimit.submission)
        let once = try request.submissionKey(body: body)
        let submission = try BatchSubmission.read(body: body)
        let receipt = try await ledger.submit(submission, tenant: context.caller.tenant, once: once)
        context.logger.batchSubmitted(receipt)
        return try .json(receipt, status: .created)
    }

    @Sendable private func listBatches(_ request: Request, _ context: APIContext) async throws -> Response {
        let page = try await ledger.batches(
            BatchFilter(tenant: context.caller.tenant, status: try request.choice("status"), name: request.parameter("name")),
            limit: try request.limit(), after: try request.cursor())
        return try .json(BatchList(batches: page.items, nextCursor: page.next))
    }

    @Sendable private func listJobs(_ request: Request, _ context: APIContext) async throws -> Response {
        let page = try await ledger.jobs(
            batchID: try context.id("batch"), status: try request.choice("status"), limit: try request.limit(),
            after: try request.runIndexCursor())
        return try .json(JobList(jobs: page.items, nextCursor: page.next))
    }

    /// Sent part by part as it is read: thousands of results with their telemetry never are in memory together.
    @Sendable private func listResults(_ request: Request, _ context: APIContext) async throws -> Response {
        let batchID = try context.id("batch")
        let detail = try request.resultDetail()
        let cursor = try request.runIndexCursor()
        let isPart = cursor != nil || request.parameter("limit") != nil
        let limit = isPart ? try request.limit() : Int.max
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
