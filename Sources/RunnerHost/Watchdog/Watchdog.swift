package import LynxModel

/// Evaluates a run's telemetry against its stopping conditions. It does no I/O and reads no clock: its owner passes every
/// sample, calls `tick` when `nextTick` is due, and kills the run when a breach is returned.
///
/// Every value is checked on arrival. With a check frequency, breaches are only reported at the points of that grid, counted
/// from the start; the first breach since the last point is the one reported. A breach is reported once.
package struct Watchdog: Sendable {
    private let conditions: [StoppingCondition]
    /// Positions in `conditions` by variable name, in the order of the batch file.
    private let byName: [String: [Int]]
    /// Nil if breaches are reported at once.
    private let grid: CheckGrid?

    /// The checks for each variable, by the variable's index.
    private var watches: [Watch] = []
    private var checks: [Check] = []
    /// The units of the variable that each check is for.
    private var units: [String] = []
    private var seen: Set<String> = []
    private var pending: Breach?
    /// Whether there is a breach, reported or pending, so that nothing more is checked. It is read for each sample, for which
    /// copying the breach would cost too much.
    private var isDecided = false

    /// The breach that was reported, if any.
    package private(set) var breach: Breach?

    /// The time at which `tick` has a decision to make; nil if there is none.
    package private(set) var nextTick: UInt64?

    private enum Watch {
        case unknown
        case nothing
        /// The checks in this range of `checks`.
        case checks(Range<Int>)
    }

    /// One condition, as it is evaluated for each sample of a variable.
    private struct Check {
        let condition: Int
        /// Whether the condition has other units than the variable.
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

    /// - Parameter startNanoseconds: the start of the grid, on the clock of all later times.
    package init(_ spec: EarlyTerminationSpec, startNanoseconds: UInt64) {
        conditions = spec.enabled ? spec.conditions : []
        byName = Dictionary(grouping: conditions.indices, by: { [conditions] in conditions[$0].variable })
        grid = CheckGrid(hertz: spec.checkFrequencyHz, start: startNanoseconds)
    }

    /// Checks one sample of the variable numbered `variable`. Numbers count from 0 without gaps, one for each pair of name and
    /// units.
    ///
    /// The names and the clock cost more than a comparison, so they are only evaluated when needed.
    ///
    /// - Returns: a breach to act on now.
    package mutating func observe(
        variable: Int, name: @autoclosure () -> String, units: @autoclosure () -> String, value: Double, simTime: Double,
        atNanoseconds now: @autoclosure () -> UInt64
    ) -> Breach? {
        guard case .checks(let range) = watch(variable, name: name, units: units), !isDecided else { return nil }
        return judge(value, simTime, range, now)
    }

    /// Checks one sample of a variable that has been checked before.
    package mutating func observe(
        variable: Int, value: Double, simTime: Double, atNanoseconds now: @autoclosure () -> UInt64
    ) -> Breach? {
        guard variable < watches.count, case .checks(let range) = watches[variable], !isDecided else { return nil }
        return judge(value, simTime, range, now)
    }

    /// Checks several samples in order. The first breach among them counts.
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

    /// Decides what the next tick would have decided; for the end of the run, when no more samples come.
    package mutating func finish() -> Breach? {
        guard let found = pending else { return nil }
        (pending, nextTick) = (nil, nil)
        breach = found
        return found
    }

    /// One line for each condition whose variable never arrived, in the order of the batch file.
    package var warnings: [String] {
        conditions.filter { !seen.contains($0.variable) }.map {
            "early termination '\($0.name)' was never checked: no telemetry of '\($0.variable)' came"
        }
    }

    /// The variables of conditions that never arrived.
    package var unseenVariables: [String] {
        var names: [String] = []
        for condition in conditions where !seen.contains(condition.variable) && !names.contains(condition.variable) {
            names.append(condition.variable)
        }
        return names
    }

    /// The breach of the first condition that the value meets, if it has to be reported now.
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

    /// Determines the checks for a variable at its first sample.
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

/// The evenly spaced points in time at which breaches are reported.
struct CheckGrid: Hashable, Sendable {
    private let start: UInt64
    private let hertz: Double

    /// Nil if the frequency is 0, so that there is no grid to wait for.
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
