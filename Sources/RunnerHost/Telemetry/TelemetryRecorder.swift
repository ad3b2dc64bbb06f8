package import LynxModel
package import LynxTelemetry
package import TelemetryServer

/// Records a run's telemetry for its result in bounded memory: the exact statistics of every variable, and a series thinned to
/// the wanted rate and, if it still grows too long, to every 2nd, 4th, 8th… of those points.
///
/// It counts what it cannot keep and states that in `warnings`. It does no I/O and never waits.
package struct TelemetryRecorder: Sendable {
    package struct Limits: Hashable, Sendable {
        /// The limit for points per variable; a longer series loses every second point.
        package var pointsPerVariable: Int
        /// The limit for points in all, divided evenly among the variables, so that a thousand of them do not need a thousand
        /// times the memory of one.
        package var points: Int
        /// The limit for variables; samples of further ones are counted and dropped.
        package var variables: Int

        /// - Parameter points: nil means 20 full series.
        package init(pointsPerVariable: Int = 10_000, points: Int? = nil, variables: Int = 1_000) {
            self.pointsPerVariable = pointsPerVariable
            self.points = points ?? 20 * pointsPerVariable
            self.variables = variables
        }
    }

    private let limits: Limits
    private let wanted: Set<String>
    private let rate: Double?

    /// The handling of each variable, by its index.
    private var routes: [Route] = []
    private var series: [RecordedSeries] = []
    private var positions: [String: Int] = [:]
    private var missing: Set<String>
    private var losses = TelemetryLosses()
    /// The part of the telemetry that outputs need, besides the recorded series.
    package private(set) var observed: ObservedTelemetry?
    /// The latest simulated time of any sample in seconds; minus infinity before there is one.
    private(set) var latestTime = -Double.infinity

    private enum Route {
        case unknown
        case kept(Int)
        case unwanted
        case otherUnits(conflict: Int)
        case otherSpelling(Int)
        case tooMany
    }

    package init(_ spec: TelemetrySpec, limits: Limits = .init(), observed: ObservedTelemetry? = nil) {
        self.observed = observed
        self.limits = limits
        wanted = Set(spec.variables)
        missing = wanted
        limitPerVariable = Self.limitPerVariable(limits, series: 0)
        rate = spec.samplingRateHz.flatMap { $0 > 0 && $0.isFinite ? $0 : nil }
    }

    /// Records one sample of the variable numbered `variable`. Numbers count from 0 without gaps, one for each pair of name and
    /// units.
    ///
    /// - Parameter simTime: simulated seconds since the start of the run.
    package mutating func record(
        variable: Int, name: @autoclosure () -> String, units: @autoclosure () -> String, value: Double, simTime: Double
    ) {
        if simTime > latestTime { latestTime = simTime }
        if observed != nil { observed?.record(variable: variable, name: name(), units: units(), value: value, simTime: simTime) }
        switch route(variable, name: name, units: units) {
        case .kept(let position): pointCount += series[position].add(value: value, simTime: simTime, limit: limitPerVariable)
        case let other: lose(1, other)
        }
    }

    /// Records several samples of one variable in order.
    package mutating func record(
        variable: Int, name: @autoclosure () -> String, units: @autoclosure () -> String, values: Span<Double>, simTimes: Span<Double>
    ) {
        if !simTimes.isEmpty, simTimes[simTimes.count - 1] > latestTime { latestTime = simTimes[simTimes.count - 1] }
        if observed != nil { observed?.record(variable: variable, name: name(), units: units(), values: values, simTimes: simTimes) }
        switch route(variable, name: name, units: units) {
        case .kept(let position): pointCount += series[position].add(values: values, simTimes: simTimes, limit: limitPerVariable)
        case let other: lose(values.count, other)
        }
    }

    /// Records one sample per row, of variables that have been recorded before.
    package mutating func record(_ rows: Span<TelemetryRow>) {
        if observed != nil { observed?.record(rows) }
        for place in rows.indices {
            let row = rows[place]
            if row.simTime > latestTime { latestTime = row.simTime }
            switch routes[row.variable] {
            case .kept(let position): pointCount += series[position].add(value: row.value, simTime: row.simTime, limit: limitPerVariable)
            case let other: lose(1, other)
            }
        }
    }

    private mutating func lose(_ samples: Int, _ route: Route) {
        switch route {
        case .otherUnits(let conflict): losses.conflicts[conflict].samples += samples
        case .otherSpelling(let place): losses.spellings[place].samples += samples
        case .tooMany: losses.samplesOfFurtherVariables += samples
        case .kept, .unwanted, .unknown: break
        }
    }

    /// The telemetry for the job's result, by variable name.
    package func result() -> [String: TelemetrySeries] {
        Dictionary(uniqueKeysWithValues: series.map { ($0.name, $0.result(limit: limitPerVariable)) })
    }

    /// Takes out the oldest points as a chunk; nil if there are none. Later points continue from there, and the statistics of
    /// `result` remain those of the whole run.
    ///
    /// - Parameter points: the largest number of points in the chunk.
    package mutating func takeChunk(atMost points: Int = 500_000) -> TelemetryChunk? {
        var columns: [TelemetryChunk.Column] = []
        var room = points
        for position in series.indices where room > 0 {
            guard let column = series[position].take(atMost: room, limit: limitPerVariable) else { continue }
            room -= column.values.count
            columns.append(column)
        }
        pointCount = series.reduce(0) { $0 + $1.pointCount }
        return columns.isEmpty ? nil : TelemetryChunk(columns: columns)
    }

    /// Restores the chunk that was taken out last, as it could not be written.
    package mutating func putBack(_ chunk: TelemetryChunk) {
        for column in chunk.columns {
            if let position = positions[column.name] { series[position].putBack(column) }
        }
        pointCount = series.reduce(0) { $0 + $1.pointCount }
    }

    /// The number of points held, over all variables.
    package private(set) var pointCount = 0

    /// The positions of `result`'s points in their series, by variable name.
    package func tailPositions() -> [String: TelemetryPosition] {
        Dictionary(uniqueKeysWithValues: series.map { ($0.name, $0.position(limit: limitPerVariable)) })
    }

    /// Warnings for the user about the telemetry in the result.
    ///
    /// - Parameter droppedBefore: the number of samples dropped by the telemetry server.
    package func warnings(droppedBefore: UInt64 = 0) -> [String] {
        losses.warnings(
            of: series, missing: missing, limit: limitPerVariable, variables: limits.variables,
            droppedBefore: droppedBefore)
    }

    /// The number of points per series; at least 2, as a series of one point could not be thinned.
    private var limitPerVariable: Int

    private static func limitPerVariable(_ limits: Limits, series: Int) -> Int {
        max(2, min(limits.pointsPerVariable, limits.points / max(1, series)))
    }

    @inline(__always)
    private mutating func route(_ variable: Int, name: () -> String, units: () -> String) -> Route {
        if variable >= routes.count { routes.append(contentsOf: repeatElement(.unknown, count: variable + 1 - routes.count)) }
        if case .unknown = routes[variable] { routes[variable] = findRoute(name(), units()) }
        return routes[variable]
    }

    private mutating func findRoute(_ name: String, _ units: String) -> Route {
        guard wanted.isEmpty || wanted.contains(name) else { return .unwanted }
        missing.remove(name)
        if let position = positions[name] {
            guard series[position].name.utf8.elementsEqual(name.utf8) else {
                losses.spellings.append(.init(name: series[position].name, samples: 0))
                return .otherSpelling(losses.spellings.count - 1)
            }
            // A series has the unit of its first sample.
            if series[position].units == units { return .kept(position) }
            losses.conflicts.append(.init(name: name, kept: series[position].units, dropped: units, samples: 0))
            return .otherUnits(conflict: losses.conflicts.count - 1)
        }
        guard series.count < limits.variables else {
            losses.furtherVariables += 1
            return .tooMany
        }
        positions[name] = series.count
        series.append(RecordedSeries(name: name, units: units, rate: rate))
        limitPerVariable = Self.limitPerVariable(limits, series: series.count)
        return .kept(series.count - 1)
    }
}
