import LynxModel
import LynxTelemetry

/// Which bands.
struct BandKey: Hashable, Sendable {
    var batchID: String
    var variable: String
    /// In simulated seconds; nil: as far as the telemetry goes.
    var from: Double?
    var to: Double?
    var points: Int
    /// Whether the last run is the nominal one, which is no part of the sample.
    var hasNominal = false
}

/// Reads the telemetry of a batch's runs into bands, in the order in which the runs ended, as far as they have: from one call to the
/// next it goes on where it was. Where something that it has read is no more so, because a job runs again or a result was
/// retracted, it begins anew.
struct BandReading: Sendable {
    private let key: BandKey
    private var span: ClosedRange<Double>?
    private var grid: BandGrid?
    private var units = ""
    /// By run, whether it was read.
    private var isRead: [Bool] = []
    private var readRuns = 0
    /// The run that is left out, as it is the nominal one.
    private var nominalRun: Int?
    /// The number of the last end that was read, and the last run of those whose ends have no numbers.
    private var lastEnd = 0
    private var lastUnnumbered = -1
    private var breaches: [TelemetryBands.Breach] = []
    private var breachesTotal = 0
    /// What the bands were when last asked for; nil once more was read.
    private var latest: TelemetryBands?

    static let probabilities = [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1]
    private static let part = 64
    private static let mostBreaches = 1000

    init(_ key: BandKey) {
        self.key = key
    }

    /// How far the reading is, and what the bands are so far; without the lines of single runs.
    ///
    /// - Parameter isTime: whether to stop; asked after each part of the runs.
    /// - Throws: `LedgerError.noSuchBatch`.
    mutating func goOn(_ connection: any LedgerConnection, until isTime: () -> Bool) throws -> TelemetryBands {
        guard let row = try connection.row(SQL.batch, [.text(key.batchID)]) else { throw LedgerError.noSuchBatch(key.batchID) }
        let batch = try BatchRecord(row)
        nominalRun = key.hasNominal ? batch.total - 1 : nil
        if readRuns > batch.endedRuns { begin() }
        var hasMore = true
        repeat {
            hasMore = try readPart(connection, isOver: batch.status.isTerminal)
        } while hasMore && !isTime()
        if let latest, latest.complete == !hasMore, latest.endedRuns == endedRuns(batch), latest.totalRuns == totalRuns(batch) { return latest }
        let bands = bands(batch, complete: !hasMore)
        latest = bands
        return bands
    }

    private mutating func begin() {
        (grid, isRead, readRuns, lastEnd, lastUnnumbered) = (nil, [], 0, 0, -1)
        (breaches, breachesTotal) = ([], 0)
        latest = nil
    }

    /// - Returns: whether there is more to be read.
    private mutating func readPart(_ connection: any LedgerConnection, isOver: Bool) throws -> Bool {
        var ends = try connection.rows(SQL.endsWithBreaches, [.text(key.batchID), .int(lastEnd), .int(Self.part)]).map { try RunEnd($0) }
        let hasMore = ends.count == Self.part
        if !hasMore, isOver {
            let values: [LedgerValue] = [.text(key.batchID), .int(lastUnnumbered), .int(Self.part)]
            ends += try connection.rows(SQL.unnumberedAttempts, values).map { try RunEnd($0) }
        }
        if ends.isEmpty { return false }
        if ends.contains(where: { $0.run < isRead.count && isRead[$0.run] }) {
            begin()
            return true
        }
        var series: [(end: RunEnd, points: TelemetryAssembly.Points)] = []
        for end in ends where !end.isRetracted && end.run != nominalRun {
            let attempt = JobKey(batchID: key.batchID, runIndex: end.run)
            let points = try connection.series(attempt, attempt: end.attempt, variables: [key.variable])[key.variable]
            series.append((end, points ?? .init(units: "")))
        }
        if try widens(series.map(\.points), connection) {
            begin()
            return true
        }
        for (end, points) in series { take(end, points) }
        for end in ends { note(end) }
        latest = nil
        return hasMore || (isOver && ends.count >= Self.part)
    }

    /// Whether series lie outside the span, which is then made wider, unless it was asked for.
    private mutating func widens(_ series: [TelemetryAssembly.Points], _ connection: any LedgerConnection) throws -> Bool {
        let starts = series.compactMap { $0.timeS.min() }, ends = series.compactMap { $0.timeS.max() }
        guard var first = starts.min(), var last = ends.max() else { return false }
        if let span {
            (first, last) = (min(first, span.lowerBound), max(last, span.upperBound))
        } else if let latest = try connection.row(SQL.latestSimTime, [.text(key.batchID)])?.optionalReal("latest"), latest.isFinite {
            last = max(last, latest)
        }
        first = key.from ?? first
        last = key.to ?? last
        // Asked for from a time on after which there is nothing, or up to one before which there is.
        let wanted = first <= last ? first...last : (key.from != nil ? first...first : last...last)
        if wanted == span { return false }
        let isFirst = span == nil
        span = wanted
        grid = nil
        return !isFirst
    }

    private mutating func take(_ end: RunEnd, _ points: TelemetryAssembly.Points) {
        guard let span else { return }
        if units.isEmpty { units = points.units }
        var grid = self.grid ?? BandGrid(span: span, points: key.points)
        self.grid = nil
        grid.add(points)
        self.grid = grid
        guard let condition = end.breach, let time = end.simTime, span.contains(time) else { return }
        breachesTotal += 1
        guard breaches.count < Self.mostBreaches else { return }
        breaches.append(.init(run: end.run, timeS: time, value: points.latestValue(upTo: time), condition: condition))
    }

    private mutating func note(_ end: RunEnd) {
        if end.run >= isRead.count { isRead += Array(repeating: false, count: max(end.run + 1, 2 * isRead.count) - isRead.count) }
        isRead[end.run] = true
        if end.run != nominalRun { readRuns += 1 }
        if let number = end.number { lastEnd = number } else { lastUnnumbered = end.run }
    }

    /// The runs of the sample that have ended.
    private func endedRuns(_ batch: BatchRecord) -> Int {
        let nominalHasEnded = nominalRun.map { $0 < isRead.count && isRead[$0] } ?? false
        return batch.endedRuns - (nominalHasEnded ? 1 : 0)
    }

    private func totalRuns(_ batch: BatchRecord) -> Int { batch.total - (nominalRun == nil ? 0 : 1) }

    private func bands(_ batch: BatchRecord, complete: Bool) -> TelemetryBands {
        var bands = TelemetryBands(batchID: key.batchID, variable: key.variable)
        bands.units = units
        (bands.readRuns, bands.endedRuns, bands.totalRuns) = (readRuns, endedRuns(batch), totalRuns(batch))
        bands.complete = complete
        bands.probabilities = Self.probabilities
        (bands.breaches, bands.breachesTotal) = (breaches, breachesTotal)
        guard let grid, let span else {
            bands.quantiles = Self.probabilities.map { _ in [] }
            return bands
        }
        (bands.from, bands.to) = (span.lowerBound, span.upperBound)
        (bands.runs, bands.quantileRuns) = (grid.runs, grid.keptRuns)
        (bands.timeS, bands.count) = (grid.times, grid.counts)
        bands.quantiles = grid.quantiles(Self.probabilities).map { $0.map { $0.isFinite ? $0 : nil } }
        return bands
    }
}

/// The end of a run, with what killed it.
private struct RunEnd {
    var run: Int
    var attempt: Int
    var isRetracted: Bool
    var number: Int?
    var breach: String?
    var simTime: Double?

    init(_ row: LedgerRow) throws {
        run = try row.int("run_index")
        attempt = try row.int("attempt")
        isRetracted = try row.bool("retracted")
        number = try row.instant("end_seq").map { Int($0) }
        breach = try row.optionalText("breach")
        simTime = try row.optionalReal("sim_time")
    }
}

extension BatchRecord {
    /// Runs that are in a terminal state.
    fileprivate var endedRuns: Int { counts.completed + counts.failed + counts.timedOut + counts.cancelled }
}

extension LedgerRow {
    fileprivate func optionalReal(_ column: String) throws -> Double? {
        guard let place = columns[column] else { throw StorageError.unexpected("no column '\(column)' in the answer") }
        return try real(place)
    }
}

extension SQL {
    private static let endAndBreach = """
        SELECT jobs.run_index AS run_index, jobs.attempt AS attempt, jobs.retracted AS retracted, jobs.end_seq AS end_seq,
            outputs.breach AS breach, outputs.sim_time AS sim_time
        FROM jobs LEFT JOIN outputs ON outputs.batch_id = jobs.batch_id AND outputs.run_index = jobs.run_index
            AND outputs.attempt = jobs.attempt
        """

    /// Values: batch_id, the last end_seq seen, the limit.
    static let endsWithBreaches = """
        \(endAndBreach)
        WHERE jobs.batch_id = ? AND jobs.end_seq > ? AND jobs.completed_at IS NOT NULL ORDER BY jobs.end_seq LIMIT ?
        """

    /// Jobs with attempts that ended before ends were numbered. Values: batch_id, the last run_index seen, the limit.
    static let unnumberedAttempts = """
        \(endAndBreach)
        WHERE jobs.batch_id = ? AND jobs.run_index > ? AND jobs.end_seq IS NULL AND jobs.attempt > 0
            AND jobs.completed_at IS NOT NULL ORDER BY jobs.run_index LIMIT ?
        """

    /// Values: batch_id.
    static let latestSimTime = "SELECT MAX(sim_time) AS latest FROM outputs WHERE batch_id = ?"
}
