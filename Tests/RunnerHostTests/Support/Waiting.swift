import LynxModel

@testable import RunnerHost

extension Monitor {
    /// Waits until the state is so, and fails with the state that it saw last where that takes longer than any machine needs.
    func reach(_ condition: @escaping @Sendable (State) -> Bool) async throws {
        try await reach({ $0 }, condition)
    }

    /// The same of what `view` makes of the state.
    func reach<View: Sendable>(
        _ view: @escaping @Sendable (State) -> View, _ condition: @escaping @Sendable (View) -> Bool
    ) async throws {
        let end: Void? = try await withDeadline(.seconds(120)) { try await self.wait { condition(view($0)) } }
        if end == nil { throw StateNotReached(last: String("\(read { view($0) })".prefix(4000))) }
    }
}

/// What a test waited for did not come.
struct StateNotReached: Error, CustomStringConvertible {
    let last: String

    var description: String { "the state that is waited for did not come; the last one is \(last)" }
}

/// What a runner is doing at a moment.
struct RunnerActivity: Hashable, Sendable {
    var phase: RunnerPhase
    var isRegistered: Bool
    /// How often the runner has registered.
    var registrations: Int
    /// Drained by the control plane.
    var isPaused: Bool
    /// Attempts from their admission until their reports are on disk.
    var running: Set<AttemptKey>
    /// Attempts that ended and whose results are not yet acknowledged.
    var undelivered: Set<AttemptKey>
    /// How much that engines took back is not yet acknowledged.
    var retractions: Int

    init(_ state: RunnerState) {
        phase = state.phase
        isRegistered = state.session != nil
        registrations = state.registrations
        isPaused = state.isPaused
        running = state.running.keys
        undelivered = state.outbox.keys
        retractions = state.retractions.count
    }
}

extension RunnerService {
    var activity: RunnerActivity { monitor.read { RunnerActivity($0) } }

    /// Waits until the runner is doing what `condition` asks for.
    func wait(until condition: @escaping @Sendable (RunnerActivity) -> Bool) async throws {
        try await monitor.reach({ RunnerActivity($0) }, condition)
    }
}
