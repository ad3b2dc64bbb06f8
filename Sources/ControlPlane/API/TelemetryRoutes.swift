import FoundationEssentials
import Hummingbird
import LynxModel
import LynxTelemetry
import NIOCore

/// Telemetry as it comes from runners, and as users read it.
extension API {
    var telemetryRoutes: [Route] {
        [
            raw(.sendTelemetry, takeTelemetry),
            raw(.jobTelemetry, jobTelemetry),
            raw(.batchTelemetry, batchTelemetry),
            raw(.batchTelemetryTable, batchTelemetryTable),
        ]
    }

    @Sendable private func takeTelemetry(_ request: Request, _ context: APIContext) async throws -> Response {
        let runnerID = try request.required(.runnerID) { request.text($0) }
        guard context.caller.speaks(for: runnerID) else { throw AccessRefusal.cannotSpeak(for: runnerID, context.caller) }
        let attempt = try request.required(.ownAttempt, request.integer)
        let seq = try request.required(.chunkNumber, request.integer)
        let data = try await request.bytes(upTo: BodyLimit.telemetry)
        do {
            _ = try TelemetryChunk(data, limit: BodyLimit.expandedTelemetry)
        } catch {
            throw Problem(title: "Not a telemetry chunk", status: 422, detail: "\(error)")
        }
        try await ledger.takeTelemetry(jobID: try context.id(.job), attempt: attempt, seq: seq, runnerID: runnerID, chunk: data)
        return Response(status: .noContent)
    }

    /// As JSON by variable; as CSV or Arrow in rows, as of a batch.
    @Sendable private func jobTelemetry(_ request: Request, _ context: APIContext) async throws -> Response {
        let format = try TableFormat(accept: request.headers[.accept])
        var query = try request.telemetryQuery()
        query.attempt = try request.integer(.attempt)
        let jobID = try context.id(.job)
        let telemetry = try await ledger.telemetry(jobID: jobID, query)
        guard format != .json, let key = JobKey(jobID: jobID) else {
            var response = try Response.json(telemetry)
            response.headers[.vary] = "Accept"
            return response
        }
        return Response.table(TelemetryTable.schema(batchID: key.batchID), format) { write in
            var table = TelemetryTable()
            for (name, variable) in telemetry.variables.sorted(by: { $0.key < $1.key }) {
                let points = TelemetryAssembly.Points(units: variable.units, timeS: variable.timeS, values: variable.values)
                try await table.add(points, name: name, run: key.runIndex, write)
            }
            try await table.finish(write)
        }
    }

    /// Sent part by part, so that of a batch of any size only few jobs' series are in memory.
    @Sendable private func batchTelemetryTable(_ request: Request, _ context: APIContext) async throws -> Response {
        let format = try TableFormat(accept: request.headers[.accept])
        let batchID = try context.id(.batch)
        let telemetry = try request.telemetryQuery()
        let query = BatchTelemetryQuery(
            telemetry: telemetry, runs: try request.runRange(total: try await ledger.runCount(batchID: batchID)),
            status: try request.choice(.jobStatus))
        return Response.table(TelemetryTable.schema(batchID: batchID), format) { [ledger] write in
            var table = TelemetryTable()
            try await ledger.forEachSeries(batchID: batchID, query) { run in
                for (name, points) in run.series { try await table.add(points, name: name, run: run.run, write) }
            }
            try await table.finish(write)
        }
    }

    /// Sent job by job, so that of a batch of any size only one job's series are in memory.
    @Sendable private func batchTelemetry(_ request: Request, _ context: APIContext) async throws -> Response {
        let batchID = try context.id(.batch)
        let query = try request.telemetryQuery()
        _ = try await ledger.overview(batchID: batchID)
        let body = ResponseBody { writer in
            try await writer.write(ByteBuffer(string: TelemetryCSV.header))
            var next: Int? = 0
            while let first = next {
                let page = try await ledger.attemptsWithTelemetry(batchID: batchID, runs: first..<Int.max)
                for (key, attempt, _) in page.attempts {
                    let series = try await ledger.series(key, attempt: attempt, variables: query.variables)
                    for (name, points) in series.sorted(by: { $0.key < $1.key }) {
                        for part in TelemetryCSV.parts(of: query.apply(to: points), name: name, jobID: key.jobID, runIndex: key.runIndex) {
                            try await writer.write(ByteBuffer(string: part))
                        }
                    }
                }
                next = page.next
            }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: [.contentType: "text/csv; charset=utf-8; header=present"], body: body)
    }
}

extension Request {
    fileprivate func telemetryQuery() throws -> TelemetryQuery {
        var query = TelemetryQuery()
        query.variables = Set((text(.variables) ?? "").unicodeScalars.split(separator: ",").map { String($0) })
        let from = try number(.from) ?? -.infinity, to = try number(.to) ?? .infinity
        guard from <= to else { throw Problem.badParameter("to", "is \(to), before 'from', which is \(from)") }
        query.span = from...to
        query.maxPoints = try integer(.maxPoints)
        return query
    }
}
