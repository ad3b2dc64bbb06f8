package import FoundationEssentials
package import LynxModel

/// Runs attempts; Supervision implements it.
package protocol AttemptExecutor: Sendable {
    /// Runs one attempt to its end. Whatever goes wrong is the report's outcome.
    ///
    /// The runner's id in the report is filled in by the caller. `onStarted` is called at most once, when the simulation's process runs and `stop` can reach it.
    /// `onGone` is called at most once, when nothing of the simulation runs any more and its files are still to be collected.
    /// Telemetry goes to the outlet while it runs, and what is left of it into the report.
    func run(
        _ assignment: JobAssignment, telemetry: any TelemetryOutlet, onStarted: @escaping @Sendable (Date) -> Void,
        onGone: @escaping @Sendable () -> Void
    ) async -> AttemptReport

    /// Ends a running attempt at once; its `run` then returns with that outcome.
    ///
    /// Returns without waiting for the end. Stopping an attempt again, or one that does not run, does nothing: a stop that
    /// comes before `onStarted` is given once more from there.
    func stop(_ key: AttemptKey, as reason: StopReason)
}

/// Why a running attempt is ended from outside.
package enum StopReason: String, Sendable {
    /// The user no longer wants the job.
    case cancelled
    /// This runner goes away.
    case lost
    /// The control plane gave the job to another; nobody waits for this attempt's result.
    case stale
}

extension JobAssignment {
    /// What names this attempt in every report.
    package var key: AttemptKey { AttemptKey(jobID: jobID, attempt: attempt) }
}
