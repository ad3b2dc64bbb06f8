package import LynxModel

/// What a runner is doing at a moment.
package struct RunnerActivity: Hashable, Sendable {
    package var phase: RunnerPhase
    package var isRegistered: Bool
    /// How often the runner has registered.
    package var registrations: Int
    /// Drained by the control plane.
    package var isPaused: Bool
    /// Attempts that hold a slot.
    package var running: Set<AttemptKey>
    /// Attempts that ended and whose results are not yet acknowledged.
    package var undelivered: Set<AttemptKey>
    /// How much that engines took back is not yet acknowledged.
    package var retractions: Int

    init(_ state: RunnerState) {
        phase = state.phase
        isRegistered = state.session != nil
        registrations = state.registrations
        isPaused = state.isPaused
        running = state.runningAttempts
        undelivered = state.undelivered
        retractions = state.retractions.count
    }
}

extension RunnerService {
    package var activity: RunnerActivity { monitor.with { RunnerActivity($0) } }

    /// Waits until the runner is doing what `condition` asks for.
    /// - Throws: `CancellationError`.
    package func wait(until condition: @escaping @Sendable (RunnerActivity) -> Bool) async throws {
        try await monitor.wait { condition(RunnerActivity($0)) }
    }
}
