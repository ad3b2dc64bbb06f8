import FoundationEssentials
import Hummingbird
import LynxModel
import NIOCore

/// Batches, jobs and their results: what users call.
extension API {
    var studyRoutes: [Route] {
        [
            Route(method: .get, path: "/healthz", access: .open) { _, _ in try .json(["status": "ok"]) },
            Route(method: .post, path: "/jobs", access: .scope(.submit), handler: submit),
            Route(method: .get, path: "/batches", access: .scope(.read), handler: listBatches),
            Route(method: .get, path: "/batches/:batch", access: .scope(.read)) { _, context in
                try .json(try await ledger.overview(batchID: try context.id("batch")))
            },
            Route(method: .get, path: "/batches/:batch/results", access: .scope(.read), handler: listResults),
            Route(method: .get, path: "/batches/:batch/jobs", access: .scope(.read), handler: listJobs),
            Route(method: .post, path: "/batches/:batch/cancel", access: .scope(.submit)) { _, context in
                try .json(try await ledger.cancelBatch(try context.id("batch")))
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
        let submission = try BatchSubmission.read(body: try await request.bytes(upTo: BodyLimit.submission))
        let receipt = try await ledger.submit(submission, tenant: context.caller.tenant)
        context.logger.batchSubmitted(receipt)
        return try .json(receipt, status: .created)
    }

    @Sendable private func listBatches(_ request: Request, _ context: APIContext) async throws -> Response {
        let page = try await ledger.batches(
            limit: try request.limit(), after: request.parameter("cursor"), tenant: context.caller.tenant)
        return try .json(BatchList(batches: page.items, nextCursor: page.next))
    }

    @Sendable private func listJobs(_ request: Request, _ context: APIContext) async throws -> Response {
        let cursor = try request.parameter("cursor").map { text in
            guard let index = Int(text), index >= 0 else {
                throw Problem.badParameter("cursor", "is '\(text)'; give the next_cursor of the part before")
            }
            return index
        }
        let page = try await ledger.jobs(
            batchID: try context.id("batch"), status: try request.choice("status"), limit: try request.limit(),
            after: cursor)
        return try .json(JobList(jobs: page.items, nextCursor: page.next))
    }

    /// Sent part by part as it is read: thousands of results with their telemetry never are in memory together.
    @Sendable private func listResults(_ request: Request, _ context: APIContext) async throws -> Response {
        let batchID = try context.id("batch")
        let detail = try request.resultDetail()
        _ = try await ledger.overview(batchID: batchID)
        let body = ResponseBody { writer in
            var last: Int? = -1
            var separator = #"{"results":["#
            while let after = last {
                let part = try await ledger.results(batchID: batchID, detail: detail, limit: 16, after: after)
                for document in part.documents {
                    var buffer = ByteBuffer(string: separator)
                    buffer.writeBytes(document)
                    try await writer.write(buffer)
                    separator = ","
                }
                last = part.last
            }
            try await writer.write(ByteBuffer(string: separator == "," ? "]}" : "\(separator)]}"))
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: [.contentType: "application/json"], body: body)
    }
}

extension Request {
    func parameter(_ name: String) -> String? {
        uri.queryParameters[Substring(name)].map(String.init)
    }

    /// How many items of a list: 100 if not said.
    func limit() throws -> Int {
        guard let text = parameter("limit") else { return 100 }
        guard let limit = Int(text), (1...1000).contains(limit) else {
            throw Problem.badParameter("limit", "is '\(text)'; it must be a number from 1 to 1000")
        }
        return limit
    }

    func choice<Value: RawRepresentable<String> & CaseIterable>(_ name: String, as type: Value.Type = Value.self) throws -> Value? {
        guard let text = parameter(name) else { return nil }
        guard let value = Value(rawValue: text) else {
            let values = Value.allCases.map(\.rawValue).joined(separator: ", ")
            throw Problem.badParameter(name, "is '\(text)'; it must be one of \(values)")
        }
        return value
    }

    /// `?telemetry=summary` leaves the samples out.
    func resultDetail() throws -> ResultDetail { try choice("telemetry") ?? .full }
}
