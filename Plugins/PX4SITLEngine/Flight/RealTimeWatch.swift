/// How fast simulated time goes against the clock on the wall.
struct RealTimeWatch: Sendable {
    /// The share of the speed factor below which a run is reported.
    static let tolerance = 0.9
    /// Shorter ones say nothing.
    private static let leastWallSeconds = 1.0

    private var first: (simulated: Double, wall: UInt64)?
    private var last: (simulated: Double, wall: UInt64)?

    mutating func note(simulated: Double, wall: UInt64) {
        first = first ?? (simulated, wall)
        last = (simulated, wall)
    }

    /// Simulated seconds per second; nil for runs too short to tell.
    var factor: Double? {
        guard let first, let last, last.wall > first.wall else { return nil }
        let seconds = Double(last.wall - first.wall) / 1e9
        return seconds < Self.leastWallSeconds ? nil : (last.simulated - first.simulated) / seconds
    }

    /// Simulated seconds from the first to the last that was noted.
    var stretch: ClosedRange<Double>? {
        guard let first, let last, first.simulated <= last.simulated else { return nil }
        return first.simulated...last.simulated
    }

    /// What is wrong with a run that was slower than a share of its speed factor.
    func finding(speedFactor: Double, leastShare: Double) -> String? {
        guard let factor, factor < leastShare * speedFactor else { return nil }
        return "PX4 ran at \(Self.coarse(factor)) × real time, below \(Self.short(leastShare)) of its speed factor of \(Self.short(speedFactor))"
    }

    /// A word on a run that fell behind.
    func warning(speedFactor: Double) -> String? {
        guard let factor, factor < Self.tolerance * speedFactor else { return nil }
        return "PX4 ran at \(Self.coarse(factor)) × real time, behind its speed factor of \(Self.short(speedFactor)): fewer jobs at a time, or a lower factor"
    }

    /// By halves where that is close enough, so that a study's runs say the same and are told of together.
    private static func coarse(_ value: Double) -> String { short(value < 2 ? value : (value * 2).rounded() / 2) }

    private static func short(_ value: Double) -> String {
        let rounded = (value * 100).rounded() / 100
        return rounded == rounded.rounded() ? String(Int(rounded)) : String(rounded)
    }
}
