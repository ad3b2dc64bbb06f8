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
    private var seen: Set<String> = []
    private var pending: (breach: Breach, due: UInt64)?

    /// The breach that was told, if any.
    package private(set) var breach: Breach?

    private enum Watch {
        case unknown
        case nothing
        /// The conditions at these positions; the one at `mismatch` is in other units than the variable.
        case checks([Int], units: String, mismatch: Int?)
    }

    /// - Parameter startNanoseconds: where the grid begins, on the clock of all later times.
    package init(_ spec: EarlyTerminationSpec, startNanoseconds: UInt64) {
        conditions = spec.enabled ? spec.conditions : []
        byName = Dictionary(grouping: conditions.indices, by: { [conditions] in conditions[$0].variable })
        grid = CheckGrid(hertz: spec.checkFrequencyHz, start: startNanoseconds)
    }

    /// Looks at one sample of the variable numbered `variable`; numbers are dense from 0, one for each pair of name and units.
    ///
    /// - Returns: a breach to act on now.
    package mutating func observe(
        variable: Int, name: String, units: String, value: Double, simTime: Double, atNanoseconds now: UInt64
    ) -> Breach? {
        guard !conditions.isEmpty else { return nil }
        let watch = watch(variable, name: name, units: units)
        guard breach == nil, pending == nil, let found = judge(watch, value: value, simTime: simTime) else { return nil }
        guard let grid else {
            breach = found
            return found
        }
        pending = (found, grid.point(after: now))
        return nil
    }

    /// When `tick` has something to decide; nil while there is nothing.
    package var nextTick: UInt64? { pending?.due }

    /// - Returns: the breach found since the last point of the grid, if such a point has been reached.
    package mutating func tick(atNanoseconds now: UInt64) -> Breach? {
        guard let pending, now >= pending.due else { return nil }
        return finish()
    }

    /// Decides on what the next tick would have decided on; for when the run has ended and no more samples come.
    package mutating func finish() -> Breach? {
        guard let found = pending?.breach else { return nil }
        pending = nil
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

    private func judge(_ watch: Watch, value: Double, simTime: Double) -> Breach? {
        guard case .checks(let positions, let units, let mismatch) = watch else { return nil }
        for position in positions {
            let condition = conditions[position]
            let kind: Breach.Kind
            if position == mismatch {
                kind = .unitsMismatch
            } else if !value.isFinite {
                kind = .nonFinite
            } else if condition.operator.holds(value, condition.threshold) {
                kind = .threshold
            } else {
                continue
            }
            return Breach(kind, of: condition, units: units, value: value, simTime: simTime)
        }
        return nil
    }

    /// What to check on the samples of a variable, worked out at its first.
    private mutating func watch(_ variable: Int, name: String, units: String) -> Watch {
        if variable >= watches.count {
            watches.append(contentsOf: repeatElement(.unknown, count: variable + 1 - watches.count))
        }
        if case .unknown = watches[variable] {
            if let positions = byName[name] {
                seen.insert(name)
                let mismatch = positions.first { !conditions[$0].units.isEmpty && conditions[$0].units != units }
                watches[variable] = .checks(positions, units: units, mismatch: mismatch)
            } else {
                watches[variable] = .nothing
            }
        }
        return watches[variable]
    }
}
