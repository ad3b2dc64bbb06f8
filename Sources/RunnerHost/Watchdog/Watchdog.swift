package import LynxModel

/// Judges a run's telemetry by its stopping conditions. It does no I/O and reads no clock: its owner hands it every
/// sample, calls `tick` when `nextTick` is due, and kills the run when it is told of a breach.
///
/// Every value is looked at when it comes. With a check frequency, what was found is only told at the points of that
/// grid, counted from the start; the first breach since the last point is the one told. It is told once.
package struct Watchdog: Sendable {
    private let conditions: [StoppingCondition]
    /// Positions in `conditions` by variable name, in the order of the batch file.
    private let byName: [String: [Int]]
    /// Nil when breaches are told at once.
    private let grid: CheckGrid?

    /// By the telemetry's own number of a variable: what is to be checked on each of its samples.
    private var watches: [Watch] = []
    private var checks: [Check] = []
    /// The units of the variable that each check is for.
    private var units: [String] = []
    private var seen: Set<String> = []
    private var pending: Breach?
    /// There is a breach, told or pending, and nothing more to look for. It is asked of each sample, which a copy of the
    /// breach would be too dear for.
    private var isDecided = false

    /// The breach that was told, if any.
    package private(set) var breach: Breach?

    /// When `tick` has something to decide; nil while there is nothing.
    package private(set) var nextTick: UInt64?

    private enum Watch {
        case unknown
        case nothing
        /// These of `checks`.
        case checks(Range<Int>)
    }

    /// One condition, as it is looked at on each sample of a variable.
    private struct Check {
        let condition: Int
        /// The condition is in other units than the variable.
        let isMismatch: Bool
        let comparison: ComparisonOperator
        let threshold: Double

        @inline(__always)
        func kind(of value: Double) -> Breach.Kind? {
            if isMismatch { return .unitsMismatch }
            guard value.isFinite else { return .nonFinite }
            return comparison.holds(value, threshold) ? .threshold : nil
        }
    }

    /// - Parameter startNanoseconds: where the grid begins, on the clock of all later times.
    package init(_ spec: EarlyTerminationSpec, startNanoseconds: UInt64) {
        conditions = spec.enabled ? spec.conditions : []
        byName = Dictionary(grouping: conditions.indices, by: { [conditions] in conditions[$0].variable })
        grid = CheckGrid(hertz: spec.checkFrequencyHz, start: startNanoseconds)
    }

    /// Looks at one sample of the variable numbered `variable`; numbers are dense from 0, one for each pair of name and units.
    ///
    /// What costs more than a comparison, the names and the clock, is asked for only when it is needed.
    ///
    /// - Returns: a breach to act on now.
    package mutating func observe(
        variable: Int, name: @autoclosure () -> String, units: @autoclosure () -> String, value: Double, simTime: Double,
        atNanoseconds now: @autoclosure () -> UInt64
    ) -> Breach? {
        guard case .checks(let range) = watch(variable, name: name, units: units), !isDecided else { return nil }
        return judge(value, simTime, range, now)
    }

    /// The same of a variable that has come before.
    package mutating func observe(
        variable: Int, value: Double, simTime: Double, atNanoseconds now: @autoclosure () -> UInt64
    ) -> Breach? {
        guard variable < watches.count, case .checks(let range) = watches[variable], !isDecided else { return nil }
        return judge(value, simTime, range, now)
    }

    /// The same of several samples in order. The first breach among them counts.
    package mutating func observe(
        variable: Int, name: @autoclosure () -> String, units: @autoclosure () -> String, values: Span<Double>,
        simTimes: Span<Double>, atNanoseconds now: @autoclosure () -> UInt64
    ) -> Breach? {
        guard case .checks(let range) = watch(variable, name: name, units: units), !isDecided else { return nil }
        for row in values.indices {
            if let breach = judge(values[row], simTimes[row], range, now) { return breach }
            if isDecided { return nil }
        }
        return nil
    }

    /// - Returns: the breach found since the last point of the grid, if such a point has been reached.
    package mutating func tick(atNanoseconds now: UInt64) -> Breach? {
        guard let due = nextTick, now >= due else { return nil }
        return finish()
    }

    /// Decides on what the next tick would have decided on; for when the run has ended and no more samples come.
    package mutating func finish() -> Breach? {
        guard let found = pending else { return nil }
        (pending, nextTick) = (nil, nil)
        breach = found
        return found
    }

    /// One line for each condition whose variable never came, in the order of the batch file.
    package var warnings: [String] {
        conditions.filter { !seen.contains($0.variable) }.map {
            "early termination '\($0.name)' was never checked: no telemetry of '\($0.variable)' came"
        }
    }

    /// The variables of conditions that never came.
    package var unseenVariables: [String] {
        var names: [String] = []
        for condition in conditions where !seen.contains(condition.variable) && !names.contains(condition.variable) {
            names.append(condition.variable)
        }
        return names
    }

    /// The breach of the first condition that the value meets, if it is to be told now.
    @inline(__always)
    private mutating func judge(_ value: Double, _ simTime: Double, _ range: Range<Int>, _ now: () -> UInt64) -> Breach? {
        for check in range {
            guard let kind = checks[check].kind(of: value) else { continue }
            let condition = conditions[checks[check].condition]
            return found(Breach(kind: kind, condition: condition, units: units[check], value: value, simTime: simTime), at: now)
        }
        return nil
    }

    private mutating func found(_ found: Breach, at now: () -> UInt64) -> Breach? {
        isDecided = true
        guard let grid else {
            breach = found
            return found
        }
        (pending, nextTick) = (found, grid.point(after: now()))
        return nil
    }

    /// What to check on the samples of a variable, worked out at its first.
    @inline(__always)
    private mutating func watch(_ variable: Int, name: () -> String, units: () -> String) -> Watch {
        guard !conditions.isEmpty else { return .nothing }
        if variable >= watches.count {
            watches.append(contentsOf: repeatElement(.unknown, count: variable + 1 - watches.count))
        }
        if case .unknown = watches[variable] { watches[variable] = learn(name(), units()) }
        return watches[variable]
    }

    private mutating func learn(_ name: String, _ units: String) -> Watch {
        guard let positions = byName[name] else { return .nothing }
        seen.insert(name)
        let mismatch = positions.first { !conditions[$0].units.isEmpty && conditions[$0].units != units }
        let first = checks.count
        for position in positions {
            let condition = conditions[position]
            checks.append(
                Check(
                    condition: position, isMismatch: position == mismatch, comparison: condition.operator,
                    threshold: condition.threshold))
            self.units.append(units)
        }
        return .checks(first..<checks.count)
    }
}

/// The points in time, evenly spaced from a start, at which breaches are told.
struct CheckGrid: Hashable, Sendable {
    private let start: UInt64
    private let hertz: Double

    /// Nil when the frequency is 0: there is no grid to wait for.
    init?(hertz: Double, start: UInt64) {
        guard hertz > 0, hertz.isFinite else { return nil }
        self.start = start
        self.hertz = hertz
    }

    /// The first point later than `now`, in nanoseconds; never earlier than `now`, however fine the grid.
    func point(after now: UInt64) -> UInt64 {
        let elapsed = now > start ? Double(now - start) : 0
        let number = (elapsed * 1e-9 * hertz).rounded(.down) + 1
        guard let offset = UInt64(exactly: (number / hertz * 1e9).rounded(.up)) else { return .max }
        let (point, overflow) = start.addingReportingOverflow(offset)
        return overflow ? .max : max(point, now)
    }
}
