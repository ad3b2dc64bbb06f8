import FoundationEssentials
import Synchronization

/// Wakes those who wait for something to change.
///
/// Reading `strokes` before looking, and waiting for a later stroke after having found nothing, leaves no gap
/// in which a change could go unheard.
final class Bell: Sendable {
    private struct State {
        var strokes: UInt64 = 0
        var silenced = false
        var nextWaiter: UInt64 = 0
        var waiters: [UInt64: CheckedContinuation<Void, Never>] = [:]

        mutating func takeWaiters() -> [CheckedContinuation<Void, Never>] {
            defer { waiters = [:] }
            return Array(waiters.values)
        }
    }

    private let state = Mutex(State())

    var strokes: UInt64 { state.withLock { $0.strokes } }

    /// True once nobody will wait any more.
    var isSilenced: Bool { state.withLock { $0.silenced } }

    func ring() {
        let waiters = state.withLock { state in
            state.strokes += 1
            return state.takeWaiters()
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Ends every wait, now and later.
    func silence() {
        let waiters = state.withLock { state in
            state.silenced = true
            return state.takeWaiters()
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Returns once the bell has rung more than `strokes` times, was silenced, or the task is cancelled.
    func wait(after strokes: UInt64) async {
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                // The cancellation handler may have run before the waiter is entered; `isCancelled` is set before it runs.
                let wait = state.withLock { state in
                    guard state.strokes <= strokes, !state.silenced, !Task.isCancelled else { return false }
                    state.waiters[id] = continuation
                    return true
                }
                if !wait { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.resume()
        }
    }

    /// As `wait(after:)`, and returns at the deadline at the latest.
    func wait(after strokes: UInt64, until deadline: Date, clock: any ControlPlaneClock) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.wait(after: strokes) }
            group.addTask { try? await clock.sleep(until: deadline) }
            await group.next()
            group.cancelAll()
        }
    }
}
