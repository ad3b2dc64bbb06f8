import EventLoop
import FoundationEssentials

/// The time that long polls go by, and all that is stored where the database tells no time of its own: the wall clock,
/// because leases outlive the process.
protocol ControlPlaneClock: Sendable {
    func now() -> Date
    /// Whether a database that tells the time knows it better. Not so in tests, which move the time.
    var yieldsToDatabase: Bool { get }
    /// Returns at `deadline`, or throws `CancellationError`.
    func sleep(until deadline: Date) async throws
}

extension ControlPlaneClock {
    var yieldsToDatabase: Bool { false }

    /// The time that is stored, and compared with what is stored. Control planes that share a database all go by its clock:
    /// theirs differ.
    func time(of connection: any LedgerConnection) -> Instant {
        (yieldsToDatabase ? connection.time : nil) ?? now().instant
    }
}

struct WallClock: ControlPlaneClock {
    let yieldsToDatabase = true

    func now() -> Date { Date() }

    func sleep(until deadline: Date) async throws {
        let seconds = deadline.timeIntervalSince(now())
        if seconds > 0 { try await TaskTimers.shared.sleep(for: .seconds(seconds)) }
    }
}

/// Milliseconds since 1970, as the ledger stores them.
typealias Instant = Int64

extension Date {
    /// Clamped to some 30 000 years around 1970: dates also come from others.
    var instant: Instant { Instant(min(max(timeIntervalSince1970 * 1000, -1e15), 1e15).rounded()) }

    init(instant: Instant) { self.init(timeIntervalSince1970: Double(instant) / 1000) }
}
