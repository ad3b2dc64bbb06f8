import FoundationEssentials

/// The time that leases and long polls go by: the wall clock, because leases outlive the process.
protocol ControlPlaneClock: Sendable {
    func now() -> Date
    /// Returns at `deadline`, or throws `CancellationError`.
    func sleep(until deadline: Date) async throws
}

struct WallClock: ControlPlaneClock {
    func now() -> Date { Date() }

    func sleep(until deadline: Date) async throws {
        let seconds = deadline.timeIntervalSince(now())
        if seconds > 0 { try await Task.sleep(for: .seconds(seconds)) }
    }
}

/// Milliseconds since 1970, as the ledger stores them.
typealias Instant = Int64

extension Date {
    /// Clamped to some 30 000 years around 1970: dates also come from others.
    var instant: Instant { Instant(min(max(timeIntervalSince1970 * 1000, -1e15), 1e15).rounded()) }

    init(instant: Instant) { self.init(timeIntervalSince1970: Double(instant) / 1000) }
}
