/// A requirement on the telemetry of one run, in signal temporal logic with past and future operators.
///
/// The logic is that of Maler and Nickovic (2004), its quantitative semantics that of Donzé and Maler (2010). Signals are step
/// functions, read as the dense-time offline monitor of rtamt (Nickovic and Yamaguchi 2020) reads them; `robustness(on:)` tells
/// the details.
public indirect enum Formula: Hashable, Sendable {
    case relation(Relation)
    case not(Formula)
    case and(Formula, Formula)
    case or(Formula, Formula)
    case implies(Formula, Formula)
    /// Each of the two implies the other.
    case iff(Formula, Formula)
    /// Holds at every time within the bounds from now.
    case always(TimeBounds, Formula)
    /// Holds at some time within the bounds from now.
    case eventually(TimeBounds, Formula)
    /// The second formula holds at some time within the bounds from now, and the first one from now up to and at that time.
    case until(Formula, TimeBounds, Formula)
    /// Held at some time within the bounds before now.
    case once(TimeBounds, Formula)
    /// Held at every time within the bounds before now that the run has.
    case historically(TimeBounds, Formula)
}

extension Formula {
    /// The names of the telemetry variables it reads, each once, in the order of their first appearance.
    public var variables: [String] {
        var seen: Set<String> = []
        var names: [String] = []
        visitVariables { name in
            if seen.insert(name).inserted { names.append(name) }
        }
        return names
    }

    /// How far it looks ahead of the time at which it is evaluated, in simulated seconds; infinite with an operator of the future
    /// that has no upper bound. What a run does after that cannot change the robustness.
    public var horizon: Double {
        switch self {
        case .relation: 0
        case .not(let operand): operand.horizon
        case .and(let left, let right), .or(let left, let right), .implies(let left, let right), .iff(let left, let right):
            max(left.horizon, right.horizon)
        case .always(let bounds, let operand), .eventually(let bounds, let operand): bounds.upper + operand.horizon
        case .until(let left, let bounds, let right): bounds.upper + max(left.horizon, right.horizon)
        case .once(let bounds, let operand), .historically(let bounds, let operand): max(0, operand.horizon - bounds.lower)
        }
    }

    private func visitVariables(_ visit: (String) -> Void) {
        switch self {
        case .relation(let relation):
            relation.left.visitVariables(visit)
            relation.right.visitVariables(visit)
        case .not(let operand), .always(_, let operand), .eventually(_, let operand), .once(_, let operand),
            .historically(_, let operand):
            operand.visitVariables(visit)
        case .and(let left, let right), .or(let left, let right), .implies(let left, let right), .iff(let left, let right),
            .until(let left, _, let right):
            left.visitVariables(visit)
            right.visitVariables(visit)
        }
    }
}

/// A closed interval of simulated time relative to now, in seconds; that of a past operator points backwards.
public struct TimeBounds: Hashable, Sendable {
    /// Finite, not negative.
    public let lower: Double
    /// At least `lower`; may be infinite.
    public let upper: Double

    /// An operator's bounds where none are written: from now on, without an end.
    public static let unbounded = TimeBounds(unchecked: 0, .infinity)

    /// Nil unless 0 ≤ `lower` ≤ `upper` with a finite `lower`.
    public init?(_ lower: Double, _ upper: Double) {
        guard lower >= 0, lower <= upper, lower.isFinite else { return nil }
        self.init(unchecked: lower, upper)
    }

    private init(unchecked lower: Double, _ upper: Double) {
        // A zero has no sign here, so that equal bounds are printed alike.
        self.lower = lower == 0 ? 0 : lower
        self.upper = upper == 0 ? 0 : upper
    }
}
