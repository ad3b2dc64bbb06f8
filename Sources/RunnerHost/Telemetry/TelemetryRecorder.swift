package import LynxModel
package import TelemetryServer

/// Keeps a run's telemetry for its result, in bounded memory: of every variable the exact statistics, and a series thinned
/// to the wanted rate and, where it still grows too long, to every 2nd, 4th, 8th… of those points.
///
/// Whatever it cannot keep it counts, and says so in `warnings`. It does no I/O and never waits.
package struct TelemetryRecorder: Sendable {
    package struct Limits: Hashable, Sendable {
        /// A longer series loses every second of its points.
        package var pointsPerVariable: Int
        /// Shared evenly by the variables, so that a thousand of them don't take a thousand times the memory of one.
        package var points: Int
        /// Samples of further variables are counted and dropped.
        package var variables: Int

        /// - Parameter points: 20 full series, when nil.
        package init(pointsPerVariable: Int = 10_000, points: Int? = nil, variables: Int = 1_000) {
            self.pointsPerVariable = pointsPerVariable
            self.points = points ?? 20 * pointsPerVariable
            self.variables = variables
        }
    }

    private let limits: Limits
    private let wanted: Set<String>
    private let rate: Double?

    /// By the telemetry's own number of a variable.
    private var routes: [Route] = []
    private var series: [RecordedSeries] = []
    private var positions: [String: Int] = [:]
    private var missing: Set<String>
    private var losses = TelemetryLosses()

    private enum Route {
        case unknown
        case kept(Int)
        case unwanted
        case otherUnits(conflict: Int)
        case otherSpelling(Int)
        case tooMany
    }

    package init(_ spec: TelemetrySpec, limits: Limits = .init()) {
        self.limits = limits
        wanted = Set(spec.variables)
        missing = wanted
        limitPerVariable = Self.limitPerVariable(limits, series: 0)
        rate = spec.samplingRateHz.flatMap { $0 > 0 && $0.isFinite ? $0 : nil }
    }

    /// Takes one sample of the variable numbered `variable`; numbers are dense from 0, one for each pair of name and units.
    ///
    /// - Parameter simTime: simulated seconds since the start of the run.
    package mutating func record(
        variable: Int, name: @autoclosure () -> String, units: @autoclosure () -> String, value: Double, simTime: Double
    ) {
        switch route(variable, name: name, units: units) {
        case .kept(let position): pointCount += series[position].add(value: value, simTime: simTime, limit: limitPerVariable)
        case let other: lose(1, other)
        }
    }

    /// The same of several samples in order.
    package mutating func record(
        variable: Int, name: @autoclosure () -> String, units: @autoclosure () -> String, values: Span<Double>, simTimes: Span<Double>
    ) {
        switch route(variable, name: name, units: units) {
        case .kept(let position): pointCount += series[position].add(values: values, simTimes: simTimes, limit: limitPerVariable)
        case let other: lose(values.count, other)
        }
    }

    /// One sample each, of variables that have come before.
    package mutating func record(_ rows: Span<TelemetryRow>) {
        for place in rows.indices {
            let row = rows[place]
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

    /// The telemetry of the job's result, by variable name.
    package func result() -> [String: TelemetrySeries] {
        Dictionary(uniqueKeysWithValues: series.map { ($0.name, $0.result(limit: limitPerVariable)) })
    }

    /// Takes out the oldest points, for a chunk of their own; nil when there are none. Later points go on from there, and
    /// the statistics of `result` stay those of the whole run.
    ///
    /// - Parameter points: bounds the chunk.
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

    /// Takes in again the chunk that was taken out last: it could not be written down.
    package mutating func putBack(_ chunk: TelemetryChunk) {
        for column in chunk.columns {
            if let position = positions[column.name] { series[position].putBack(column) }
        }
        pointCount = series.reduce(0) { $0 + $1.pointCount }
    }

    /// How many points are here, over all variables.
    package private(set) var pointCount = 0

    /// Where the points of `result` stand in their series, by variable name.
    package func tailPositions() -> [String: TelemetryPosition] {
        Dictionary(uniqueKeysWithValues: series.map { ($0.name, $0.position(limit: limitPerVariable)) })
    }

    /// What a person should know of the telemetry in the result.
    ///
    /// - Parameter droppedBefore: samples that were lost on their way here.
    package func warnings(droppedBefore: UInt64 = 0) -> [String] {
        losses.warnings(
            of: series, missing: missing, limit: limitPerVariable, variables: limits.variables,
            droppedBefore: droppedBefore)
    }

    /// At least 2, as a series of one point could not be thinned. Follows from the number of series.
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
            // A series has one unit: that of the first sample.
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
