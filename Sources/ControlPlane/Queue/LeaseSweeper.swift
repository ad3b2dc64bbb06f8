import FoundationEssentials
import Logging
import ServiceLifecycle
import Synchronization

/// Takes back jobs whose leases have ended: asleep until the next one does.
struct LeaseSweeper: Service {
    let ledger: Ledger
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await ledger.leases.wait(clock: ledger.clock) {
                        try await ledger.expireLeases { lost in logger.leasesEnded(lost) }
                    }
                } catch is CancellationError {
                    return
                } catch {
                    // A full disk may have room again later; until then nothing can be taken back.
                    logger.leasesNotChecked(error)
                    try? await ledger.clock.sleep(until: ledger.clock.now().addingTimeInterval(5))
                }
            }
        }
    }
}

/// What the sweeper of leases waits on: the end of the earliest lease, or an earlier one being given out.
final class LeaseAlarm: Sendable {
    private struct State {
        /// When the sweeper wakes by itself.
        var wake = Instant.max
        /// The earliest end of those given out while it asks for the next; nil while it does not ask.
        var givenMeanwhile: Instant?
    }

    private let bell = Bell()
    private let state = Mutex(State())

    /// A lease was given out.
    func given(until end: Instant) {
        let isEarlier = state.withLock { state in
            // It may not have seen this one. It need not ask again: it takes the earlier of what it finds and this.
            if let earliest = state.givenMeanwhile {
                state.givenMeanwhile = min(earliest, end)
                return false
            }
            return end < state.wake
        }
        if isEarlier { bell.ring() }
    }

    /// Waits for the next end of a lease, or without limit if there is none. `next` tells the time of the ledger, and that
    /// end in the same time; no lease given out while it is asked is missed.
    func wait(clock: any ControlPlaneClock, next: () async throws -> (now: Instant, next: Instant?)) async rethrows {
        state.withLock { $0.givenMeanwhile = .max }
        let strokes = bell.strokes
        let (now, found) = try await next()
        let end = state.withLock { state in
            state.wake = min(found ?? .max, state.givenMeanwhile ?? .max)
            state.givenMeanwhile = nil
            return state.wake
        }
        if end == .max { return await bell.wait(after: strokes) }
        let seconds = Double(end - now) / 1000
        await bell.wait(after: strokes, until: clock.now().addingTimeInterval(seconds), clock: clock)
    }
}
