import FoundationEssentials
import Synchronization

@testable import ControlPlane

/// A clock that moves only when told to.
final class ManualClock: ControlPlaneClock {
    private struct State {
        var now: Date
        var nextSleeper = 0
        var sleepers: [Int: (deadline: Date, continuation: CheckedContinuation<Void, Never>)] = [:]

        func sleepers(of seconds: Double) -> Int {
            sleepers.values.count { abs($0.deadline.timeIntervalSince(now) - seconds) < 0.001 }
        }
    }

    private let state: Mutex<State>
    /// Rings whenever somebody goes to sleep or is woken by cancellation.
    private let changes = Bell()

    init(now: Date = Date(timeIntervalSince1970: 1_800_000_000)) { state = Mutex(State(now: now)) }

    func now() -> Date { state.withLock { $0.now } }

    func advance(by seconds: Double) {
        let due = state.withLock { state in
            state.now += seconds
            let due = state.sleepers.filter { $0.value.deadline <= state.now }
            for id in due.keys { state.sleepers[id] = nil }
            return due.values.map(\.continuation)
        }
        for continuation in due { continuation.resume() }
    }

    func sleep(until deadline: Date) async throws {
        let id = state.withLock { state in
            state.nextSleeper += 1
            return state.nextSleeper
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let asleep = state.withLock { state in
                    guard deadline > state.now, !Task.isCancelled else { return false }
                    state.sleepers[id] = (deadline, continuation)
                    return true
                }
                if asleep { changes.ring() } else { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.sleepers.removeValue(forKey: id) }?.continuation.resume()
            changes.ring()
        }
        try Task.checkCancellation()
    }

    /// Returns once `count` tasks or more sleep on this clock.
    func waitForSleepers(_ count: Int) async { await wait { $0.sleepers.count >= count } }

    /// Returns once `count` tasks or more sleep on this clock for so long from now, whatever else does: a control plane's own
    /// services sleep for shorter than a claim that waits.
    func waitForSleepers(_ count: Int = 1, of seconds: Double) async { await wait { $0.sleepers(of: seconds) >= count } }

    /// Returns once none does.
    func waitForNoSleepers(of seconds: Double) async { await wait { $0.sleepers(of: seconds) == 0 } }

    private func wait(_ enough: (State) -> Bool) async {
        while true {
            let strokes = changes.strokes
            if state.withLock({ enough($0) }) { return }
            await changes.wait(after: strokes)
        }
    }
}
