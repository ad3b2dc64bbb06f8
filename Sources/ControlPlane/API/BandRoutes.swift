import Hummingbird
import LynxModel
import LynxTelemetry

/// Telemetry of all runs of a batch, as it is drawn.
extension API {
    var bandRoutes: [Route] {
        [
            on(.telemetryBands) { request, context in
                let batchID = try context.id(.batch)
                guard let variable = request.text(.bandVariable), !variable.isEmpty else {
                    let names = try await ledger.telemetryVariables(batchID: batchID).variables.map(\.name)
                    throw Problem.badParameter(
                        EndpointParameter.bandVariable.name,
                        names.isEmpty ? "is missing, and no run has given telemetry yet" : "is missing; there are \(names.joined(separator: ", "))")
                }
                let from = try request.number(.from), to = try request.number(.to)
                if let from, let to, from > to { throw Problem.badParameter("to", "is \(to), before 'from', which is \(from)") }
                let points = try request.required(.bandPoints, request.integer)
                let lines = try request.runs(.bandLines, of: try await ledger.runCount(batchID: batchID))
                let key = BandKey(
                    batchID: batchID, variable: variable, from: from, to: to, points: points, hasNominal: await ledger.hasNominal(batchID))
                var answer = try await bands.bands(key)
                answer.lines = try await ledger.lines(of: lines, answer, points: points)
                return answer
            },
            on(.telemetryVariables) { _, context in try await ledger.telemetryVariables(batchID: try context.id(.batch)) },
        ]
    }
}

extension Request {
    /// Run indices, separated by commas.
    ///
    /// - Throws: a 422 `Problem` for what is no run of the batch, and for too many of them.
    fileprivate func runs(_ parameter: EndpointParameter, of total: Int) throws -> [Int] {
        let parts = (text(parameter) ?? "").split(separator: ",")
        guard parts.count <= EndpointParameter.mostBandLines else {
            throw Problem.badParameter(parameter.name, "names \(parts.count) runs; at most \(EndpointParameter.mostBandLines) are told")
        }
        return try parts.map { part in
            guard part.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let run = Int(part), run < total else {
                throw Problem.badParameter(parameter.name, "names '\(part)', which is no run of this batch; give indices from 0 to \(total - 1)")
            }
            return run
        }
    }
}

extension Ledger {
    /// The series of single runs beside the bands, also of runs that are at work; without those that have none.
    fileprivate func lines(of runs: [Int], _ bands: TelemetryBands, points: Int) async throws -> [TelemetryBands.Line] {
        if runs.isEmpty { return [] }
        let span = (bands.from ?? -.infinity)...(bands.to ?? .infinity)
        return try await driver.read { connection in
            try runs.compactMap { run in
                let key = JobKey(batchID: bands.batchID, runIndex: run)
                guard let job = try connection.job(key) else { return nil }
                let series = try connection.series(key, attempt: job.presentAttempt, variables: [bands.variable])[bands.variable]
                guard let part = series?.within(span).downsampled(to: max(4, 2 * points)), !part.values.isEmpty else { return nil }
                return .init(run: run, timeS: part.timeS, values: part.values)
            }
        }
    }

    /// What the telemetry of a batch is of, by the first runs that have any.
    ///
    /// - Throws: `LedgerError.noSuchBatch`.
    fileprivate func telemetryVariables(batchID: String) async throws -> TelemetryVariables {
        try await driver.read { connection in
            guard try connection.row(SQL.batch, [.text(batchID)]) != nil else { throw LedgerError.noSuchBatch(batchID) }
            var units: [String: String] = [:]
            var (left, next) = (100, Int?.some(0))
            while let first = next, left > 0 {
                let page = try connection.attemptsWithTelemetry(batchID: batchID, runs: first..<Int.max)
                for (key, attempt, _) in page.attempts.prefix(left) {
                    for (name, points) in try connection.series(key, attempt: attempt) { units[name] = points.units }
                }
                (left, next) = (left - page.attempts.count, page.next)
            }
            return TelemetryVariables(variables: units.sorted { $0.key < $1.key }.map { .init(name: $0.key, units: $0.value) })
        }
    }
}
