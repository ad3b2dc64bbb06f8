/// How long the clock of a flying PX4 has stood still, judged by its messages.
///
/// Messages alone do not suffice: the PX4 threads that reply can continue when those that report the flight have stopped, and
/// then PX4 still sends messages without a time.
struct ClockWatch: Sendable {
    private var simulated = -Double.infinity
    /// The last time at which the clock was seen to advance, on the monotonic clock in nanoseconds.
    private var moved: UInt64

    /// - Parameter wall: the time at which the watch begins, which counts as progress.
    init(wall: UInt64) { moved = wall }

    mutating func note(simulated time: Double, wall: UInt64) {
        guard time > simulated else { return }
        (simulated, moved) = (time, wall)
    }

    /// Nanoseconds until the clock has stood still for `limit`; nil if it already has.
    func rest(of limit: UInt64, now: UInt64) -> UInt64? {
        let stood = standstill(now: now)
        return stood < limit ? limit - stood : nil
    }

    /// The reason to discard a mission that fails now; nil if the clock stood still for less than `limit`.
    func finding(after limit: UInt64, now: UInt64) -> String? {
        let stood = standstill(now: now)
        return stood < limit ? nil : "PX4's clock had stood still for \(stood / 1_000_000_000) s"
    }

    private func standstill(now: UInt64) -> UInt64 { now > moved ? now - moved : 0 }
}

/// Measures the speed of simulated time relative to wall time.
struct RealTimeWatch: Sendable {
    /// The share of the speed factor below which a warning is given.
    static let tolerance = 0.9
    /// The shortest run in seconds that is judged.
    private static let leastWallSeconds = 1.0

    private var first: (simulated: Double, wall: UInt64)?
    private var last: (simulated: Double, wall: UInt64)?

    mutating func note(simulated: Double, wall: UInt64) {
        first = first ?? (simulated, wall)
        last = (simulated, wall)
    }

    /// Simulated seconds per second of wall time; nil for runs that are too short.
    var factor: Double? {
        guard let first, let last, last.wall > first.wall else { return nil }
        let seconds = Double(last.wall - first.wall) / 1e9
        return seconds < Self.leastWallSeconds ? nil : (last.simulated - first.simulated) / seconds
    }

    /// The error of a run that was slower than `leastShare` of its speed factor; nil if it was not.
    func finding(speedFactor: Double, leastShare: Double) -> String? {
        guard let factor, factor < leastShare * speedFactor else { return nil }
        return "PX4 ran at \(Self.coarse(factor)) × real time, below \(Self.short(leastShare)) of its speed factor of \(Self.short(speedFactor))"
    }

    /// A warning about a run that was slower than its speed factor; nil if it was not.
    func warning(speedFactor: Double) -> String? {
        guard let factor, factor < Self.tolerance * speedFactor else { return nil }
        return "PX4 ran at \(Self.coarse(factor)) × real time, behind its speed factor of \(Self.short(speedFactor)): fewer jobs at a time, or a lower factor"
    }

    /// Rounded to halves above 2, so that a study's runs have equal warnings, which are counted together.
    private static func coarse(_ value: Double) -> String { short(value < 2 ? value : (value * 2).rounded() / 2) }

    private static func short(_ value: Double) -> String {
        let rounded = (value * 100).rounded() / 100
        return rounded == rounded.rounded() ? String(Int(rounded)) : String(rounded)
    }
}
