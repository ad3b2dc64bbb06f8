import ArrowIPC
import FoundationEssentials
import LynxModel
import LynxTelemetry

/// Telemetry in long form: a row for each point. Variables have times of their own, so that a column for each would mostly
/// hold nulls.
struct TelemetryTable {
    static func schema(batchID: String) -> ArrowSchema {
        ArrowSchema(
            [
                ArrowField("run", .int64, metadata: ["description": "The run's index in its batch."]),
                ArrowField("variable", .dictionary), ArrowField("units", .dictionary, metadata: ["description": "Of the value."]),
                ArrowField("time_s", .float64, metadata: ["units": "s", "description": "Simulated time."]),
                ArrowField("value", .float64),
            ], metadata: ["batch_id": batchID])
    }

    /// So many rows are sent at a time.
    static let part = 8192

    private var names = Names()
    private var units = Names()
    private var runs: [Int64] = []
    private var variablePlaces: [Int32] = []
    private var unitPlaces: [Int32] = []
    private var times: [Double] = []
    private var values: [Double] = []

    /// Adds a series, and hands on the parts that are full.
    mutating func add(
        _ points: TelemetryAssembly.Points, name: String, run: Int, _ take: ([ArrowColumn]) async throws -> Void
    ) async throws {
        let (name, unit) = (names.place(of: name), units.place(of: points.units))
        var start = 0
        while start < points.values.count {
            let end = min(points.values.count, start + Self.part - times.count)
            runs.append(contentsOf: repeatElement(Int64(run), count: end - start))
            variablePlaces.append(contentsOf: repeatElement(name, count: end - start))
            unitPlaces.append(contentsOf: repeatElement(unit, count: end - start))
            times.append(contentsOf: points.timeS[start..<end])
            values.append(contentsOf: points.values[start..<end])
            start = end
            if times.count == Self.part { try await finish(take) }
        }
    }

    /// Hands on what is left.
    mutating func finish(_ take: ([ArrowColumn]) async throws -> Void) async throws {
        guard !times.isEmpty else { return }
        try await take([
            ArrowColumn(.int64(runs)), ArrowColumn(.dictionary(variablePlaces, of: names.all)),
            ArrowColumn(.dictionary(unitPlaces, of: units.all)), ArrowColumn(.float64(times)), ArrowColumn(.float64(values)),
        ])
        runs.removeAll(keepingCapacity: true)
        variablePlaces.removeAll(keepingCapacity: true)
        unitPlaces.removeAll(keepingCapacity: true)
        times.removeAll(keepingCapacity: true)
        values.removeAll(keepingCapacity: true)
    }
}

/// Which part of a batch's telemetry is asked for.
struct BatchTelemetryQuery: Sendable {
    var telemetry: TelemetryQuery
    var runs: Range<Int>
    var status: JobStatus?
}

/// The series of one run, by the names of their variables.
struct RunSeries: Sendable {
    var run: Int
    var series: [(name: String, points: TelemetryAssembly.Points)]
}

extension Ledger {
    /// How many runs a batch has.
    ///
    /// - Throws: `LedgerError.noSuchBatch`.
    func runCount(batchID: String) async throws -> Int {
        try await driver.read { connection in
            guard let row = try connection.row(SQL.batch, [.text(batchID)]) else { throw LedgerError.noSuchBatch(batchID) }
            return try BatchRecord(row).total
        }
    }

    /// Hands on the telemetry of the latest attempts of a batch, by run index. In memory are the series of one run, or of so many
    /// small ones as have few points together.
    func forEachSeries(
        batchID: String, _ query: BatchTelemetryQuery, _ take: (RunSeries) async throws -> Void
    ) async throws {
        var next = query.runs.lowerBound
        while next < query.runs.upperBound {
            try Task.checkCancellation()
            let first = next
            let (part, end) = try await driver.read { try $0.runSeries(batchID: batchID, query, from: first) }
            for run in part { try await take(run) }
            next = end
        }
    }
}

extension LedgerConnection {
    /// The series of some runs, and the run to go on with.
    fileprivate func runSeries(
        batchID: String, _ query: BatchTelemetryQuery, from first: Int
    ) throws -> (part: [RunSeries], next: Int) {
        let enoughPoints = 32_768
        let page = try attemptsWithTelemetry(batchID: batchID, runs: first..<query.runs.upperBound)
        var part: [RunSeries] = []
        var points = 0
        for (key, attempt, status) in page.attempts where query.status == nil || status == query.status {
            if points >= enoughPoints { return (part, key.runIndex) }
            let series = try series(key, attempt: attempt, variables: query.telemetry.variables)
                .map { (name: $0.key, points: query.telemetry.apply(to: $0.value)) }.sorted { $0.name < $1.name }
            points += series.reduce(0) { $0 + $1.points.values.count }
            if !series.isEmpty { part.append(RunSeries(run: key.runIndex, series: series)) }
        }
        return (part, page.next ?? query.runs.upperBound)
    }
}
