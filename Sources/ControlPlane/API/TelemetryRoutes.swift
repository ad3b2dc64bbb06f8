import FoundationEssentials
import Hummingbird
import LynxModel
import NIOCore

/// Telemetry as it comes from runners, and as users read it.
extension API {
    var telemetryRoutes: [Route] {
        [
            Route(method: .post, path: "/runner/v1/jobs/:job/telemetry", access: .runner, handler: takeTelemetry),
            Route(method: .get, path: "/jobs/:job/telemetry", access: .scope(.read), handler: jobTelemetry),
            Route(method: .get, path: "/batches/:batch/telemetry.csv", access: .scope(.read), handler: batchTelemetry),
        ]
    }

    @Sendable private func takeTelemetry(_ request: Request, _ context: APIContext) async throws -> Response {
        guard let runnerID = request.parameter("runner_id") else { throw Problem.badParameter("runner_id", "is missing") }
        guard context.caller.speaks(for: runnerID) else { throw AccessRefusal.cannotSpeak(for: runnerID, context.caller) }
        let attempt = try request.number("attempt", in: 1...Int(Int32.max))
        let seq = try request.number("seq", in: 0...Int(Int32.max))
        let data = try await request.bytes(upTo: BodyLimit.telemetry)
        do {
            _ = try TelemetryChunk(data, limit: BodyLimit.expandedTelemetry)
        } catch {
            throw Problem(title: "Not a telemetry chunk", status: 422, detail: "\(error)")
        }
        try await ledger.takeTelemetry(jobID: try context.id("job"), attempt: attempt, seq: seq, runnerID: runnerID, chunk: data)
        return .noContent
    }

    @Sendable private func jobTelemetry(_ request: Request, _ context: APIContext) async throws -> Response {
        var query = try request.telemetryQuery()
        if request.parameter("attempt") != nil { query.attempt = try request.number("attempt", in: 1...Int(Int32.max)) }
        return try .json(try await ledger.telemetry(jobID: try context.id("job"), query))
    }

    /// Sent job by job, so that of a batch of any size only one job's series are in memory.
    @Sendable private func batchTelemetry(_ request: Request, _ context: APIContext) async throws -> Response {
        let batchID = try context.id("batch")
        let query = try request.telemetryQuery()
        _ = try await ledger.overview(batchID: batchID)
        let body = ResponseBody { writer in
            try await writer.write(ByteBuffer(string: TelemetryCSV.header))
            var last: Int? = -1
            while let after = last {
                let page = try await ledger.attemptsWithTelemetry(batchID: batchID, limit: 100, after: after)
                for (key, attempt) in page {
                    let series = try await ledger.series(key, attempt: attempt, variables: query.variables)
                    for (name, points) in series.sorted(by: { $0.key < $1.key }) {
                        for part in TelemetryCSV.parts(of: query.apply(to: points), name: name, jobID: key.jobID, runIndex: key.runIndex) {
                            try await writer.write(ByteBuffer(string: part))
                        }
                    }
                }
                last = page.last?.key.runIndex
            }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: [.contentType: "text/csv; charset=utf-8; header=present"], body: body)
    }
}

extension Request {
    fileprivate func telemetryQuery() throws -> TelemetryQuery {
        var query = TelemetryQuery()
        query.variables = Set((parameter("variables") ?? "").unicodeScalars.split(separator: ",").map { String($0) })
        let from = try seconds("from") ?? -.infinity, to = try seconds("to") ?? .infinity
        guard from <= to else { throw Problem.badParameter("to", "is \(to), before 'from', which is \(from)") }
        query.span = from...to
        if parameter("max_points") != nil { query.maxPoints = try number("max_points", in: 4...10_000_000) }
        return query
    }

    private func seconds(_ name: String) throws -> Double? {
        guard let text = parameter(name) else { return nil }
        guard text.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }), let value = Double(text), value.isFinite else {
            throw Problem.badParameter(name, "is '\(text)'; it must be a number of simulated seconds")
        }
        return value
    }

    fileprivate func number(_ name: String, in range: ClosedRange<Int>) throws -> Int {
        guard let text = parameter(name) else { throw Problem.badParameter(name, "is missing") }
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let value = Int(text), range.contains(value) else {
            throw Problem.badParameter(name, "is '\(text)'; it must be a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }
}
