import FoundationEssentials
import Synchronization

/// What the sweeper of leases waits on: the end of the earliest lease, or an earlier one being given out.
final class LeaseAlarm: Sendable {
    private let bell = Bell()
    /// When the sweeper wakes by itself.
    private let wake = Mutex(Instant.max)

    /// A lease was given out.
    func given(until end: Instant) {
        if wake.withLock({ end < $0 }) { bell.ring() }
    }

    /// Waits for `end`, or without limit if nil. `nextEnd` is asked after the alarm is set, so that no lease
    /// given out in between is missed.
    func wait(clock: any ControlPlaneClock, nextEnd: () async throws -> Instant?) async rethrows {
        // Until the end is known, any lease rings.
        wake.withLock { $0 = .max }
        let strokes = bell.strokes
        if let end = try await nextEnd() {
            wake.withLock { $0 = end }
            await bell.wait(after: strokes, until: Date(instant: end), clock: clock)
        } else {
            await bell.wait(after: strokes)
        }
    }
}
