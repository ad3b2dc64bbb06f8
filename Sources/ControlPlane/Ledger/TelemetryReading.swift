import FoundationEssentials
import LynxModel
import LynxTelemetry

/// Which part of a job's telemetry is asked for, and how much of it.
struct TelemetryQuery: Hashable, Sendable {
    /// Empty: all.
    var variables: Set<String> = []
    /// The range of simulated time, in seconds.
    var span = -Double.infinity...Double.infinity
    /// Per variable; nil: all that are stored.
    var maxPoints: Int?
    /// Nil: the latest.
    var attempt: Int?

    func apply(to points: TelemetryAssembly.Points) -> TelemetryAssembly.Points {
        let inSpan = span.lowerBound == -.infinity && span.upperBound == .infinity ? points : points.within(span)
        return maxPoints.map { inSpan.downsampled(to: $0) } ?? inSpan
    }
}

extension Ledger {
    /// What there is of a job's telemetry, also while it runs.
    func telemetry(jobID: String, _ query: TelemetryQuery) async throws -> JobTelemetry {
        guard let key = JobKey(jobID: jobID) else { throw LedgerError.noSuchJob(jobID) }
        return try await driver.read { connection in
            guard let job = try connection.job(key) else { throw LedgerError.noSuchJob(jobID) }
            let attempt = query.attempt ?? job.presentAttempt
            let summary = try connection.result(key, attempt: attempt)
            let series = try connection.series(key, attempt: attempt, variables: query.variables)
            var variables = series.mapValues { points in
                let part = query.apply(to: points)
                return JobTelemetry.Variable(
                    units: points.units, points: points.within(query.span).values.count, timeS: part.timeS, values: part.values)
            }
            for (name, whole) in summary?.telemetryData ?? [:] where query.variables.isEmpty || query.variables.contains(name) {
                var variable = variables[name] ?? JobTelemetry.Variable(units: whole.units, points: 0, timeS: [], values: [])
                (variable.count, variable.first, variable.last) = (whole.count, whole.first, whole.last)
                (variable.min, variable.max) = (whole.min, whole.max)
                variables[name] = variable
            }
            return JobTelemetry(jobID: jobID, attempt: attempt, complete: summary != nil, variables: variables)
        }
    }

    /// The latest attempts that have telemetry, of some runs of a batch.
    func attemptsWithTelemetry(batchID: String, runs: Range<Int>) async throws -> AttemptsWithTelemetry {
        try await driver.read { try $0.attemptsWithTelemetry(batchID: batchID, runs: runs) }
    }

    func series(_ key: JobKey, attempt: Int, variables: Set<String>) async throws -> [String: TelemetryAssembly.Points] {
        try await driver.read { try $0.series(key, attempt: attempt, variables: variables) }
    }
}

/// A part of the attempts that have telemetry, by run index.
struct AttemptsWithTelemetry: Sendable {
    var attempts: [(key: JobKey, attempt: Int, status: JobStatus)]
    /// The run to go on with; nil at the end.
    var next: Int?
}

extension LedgerConnection {
    func attemptsWithTelemetry(batchID: String, runs: Range<Int>) throws -> AttemptsWithTelemetry {
        let most = 256
        let range = [.text(batchID), .int(runs.lowerBound), .int(runs.upperBound), .int(most)] as [LedgerValue]
        let rows = try rows(SQL.runsWithTelemetry, range + range + [.int(most), .text(batchID)])
        let attempts = try rows.filter { try $0.int("has_telemetry") == 1 }.map { row in
            (
                key: JobKey(batchID: batchID, runIndex: try row.int("run_index")), attempt: try row.int("attempt"),
                status: try row.token("status", as: JobStatus.self)
            )
        }
        let last = rows.count == most ? try rows.last?.int("run_index") : nil
        return AttemptsWithTelemetry(attempts: attempts, next: last.map { $0 + 1 })
    }

    /// The series of an attempt, put together from its chunks.
    func series(_ key: JobKey, attempt: Int, variables: Set<String> = []) throws -> [String: TelemetryAssembly.Points] {
        var assembly = TelemetryAssembly(variables: variables)
        let rows = try rows(SQL.chunks, key.values + [.int(attempt)])
        for row in rows { assembly.add(try Self.chunk(row, key)) }
        if !rows.isEmpty { return assembly.series }
        let whole = try result(key, attempt: attempt, withSeries: true)?.telemetryData ?? [:]
        return whole.filter { (variables.isEmpty || variables.contains($0.key)) && !$0.value.values.isEmpty }
            .mapValues { .init(units: $0.units, timeS: $0.timeS, values: $0.values) }
    }

    /// The result's JSON with the series in it.
    ///
    /// - Parameter summary: the result's JSON without them.
    func document(_ summary: Data, _ key: JobKey, attempt: Int) throws -> Data {
        let series = try series(key, attempt: attempt)
        if series.isEmpty { return summary }
        var result = try WireJSON.decode(JobResult.self, from: summary)
        for (name, points) in series {
            result.telemetryData[name]?.timeS = points.timeS
            result.telemetryData[name]?.values = points.values
        }
        return try WireJSON.encode(result)
    }

    /// - Parameter withSeries: those that versions of the ledger before 4 kept with it.
    fileprivate func result(_ key: JobKey, attempt: Int, withSeries: Bool = false) throws -> JobResult? {
        guard let row = try row(SQL.attemptResult, key.values + [.int(attempt)]) else { return nil }
        if withSeries, try row.blob("document") == nil { return nil }
        return try WireJSON.decode(JobResult.self, from: try StoredResult.whole(row) ?? Data(try row.text("summary").utf8))
    }

    private static func chunk(_ row: LedgerRow, _ key: JobKey) throws -> TelemetryChunk {
        do {
            return try TelemetryChunk(try row.blob("chunk") ?? Data(), limit: .max)
        } catch let error as TelemetryChunkError {
            throw StorageError.unexpected("of job '\(key.jobID)' \(error)")
        }
    }
}
