import Synchronization

/// A bell for each runner whose heartbeat is being held: rung when there are orders for it.
///
/// Orders lie in the ledger; the bell only says that it is worth looking. Ringing for a runner that waits elsewhere, or
/// not at all, does nothing.
final class RunnerBells: Sendable {
    private struct State {
        var bells: [String: (bell: Bell, waiting: Int)] = [:]
        var silenced = false
    }

    private let state = Mutex(State())

    /// The runner's bell, until as many calls of `leave`. To be entered before looking into the ledger.
    func enter(_ runnerID: String) -> Bell {
        state.withLock { state in
            let bell = state.bells[runnerID]?.bell ?? Bell()
            if state.silenced { bell.silence() }
            state.bells[runnerID] = (bell, (state.bells[runnerID]?.waiting ?? 0) + 1)
            return bell
        }
    }

    func leave(_ runnerID: String) {
        state.withLock { state in
            guard let (bell, waiting) = state.bells[runnerID] else { return }
            state.bells[runnerID] = waiting > 1 ? (bell, waiting - 1) : nil
        }
    }

    func ring(_ runnerID: String) { state.withLock { $0.bells[runnerID]?.bell }?.ring() }

    /// For when orders may have been missed: everybody looks.
    func ringAll() {
        for bell in state.withLock({ $0.bells.values.map(\.bell) }) { bell.ring() }
    }

    /// Ends every wait, now and later.
    func silence() {
        let bells = state.withLock { state in
            state.silenced = true
            return state.bells.values.map(\.bell)
        }
        for bell in bells { bell.silence() }
    }

    /// How many runners are being held.
    var count: Int { state.withLock { $0.bells.count } }
}
