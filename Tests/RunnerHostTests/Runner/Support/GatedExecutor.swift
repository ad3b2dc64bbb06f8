import FoundationEssentials
import LynxModel

@testable import RunnerHost

/// Runs attempts that do nothing until the test lets them end.
final class GatedExecutor: AttemptExecutor {
    struct State: Sendable {
        var running: Set<AttemptKey> = []
        var mostAtOnce = 0
        var runs: [AttemptKey] = []
        var stops: [AttemptKey: StopReason] = [:]
        var endings: [AttemptKey: AttemptOutcome] = [:]
        /// While set, attempts hold still before their process starts, out of reach of `stop`.
        var holdsStarts = false
        /// Attempts whose process runs.
        var started: Set<AttemptKey> = []
        var endsAtOnce = false
        /// Where attempts' telemetry goes.
        var outlets: [AttemptKey: any TelemetryOutlet] = [:]
        /// What reports say instead of how many chunks were taken.
        var chunksInReport: Int?
        /// Made of what an attempt reports, before it does.
        var amend: @Sendable (inout AttemptReport) -> Void = { _ in }
    }

    let monitor = Monitor(State())

    var state: State { monitor.with { $0 } }

    init(endsAtOnce: Bool = false) { monitor.with { $0.endsAtOnce = endsAtOnce } }

    func run(
        _ assignment: JobAssignment, telemetry: any TelemetryOutlet, onStarted: @escaping @Sendable (Date) -> Void,
        onGone: @escaping @Sendable () -> Void
    ) async -> AttemptReport {
        let key = assignment.key
        monitor.with { state in
            state.runs.append(key)
            state.running.insert(key)
            state.mostAtOnce = max(state.mostAtOnce, state.running.count)
        }
        try? await monitor.wait { !$0.holdsStarts }
        monitor.with { state in
            state.started.insert(key)
            state.outlets[key] = telemetry
        }
        onStarted(Date())
        let outcome = try? await monitor.take { state in
            state.endings[key] ?? (state.endsAtOnce ? .success : nil)
        }
        monitor.with { state in
            state.running.remove(key)
            state.started.remove(key)
            // It holds the spool, and with it the lock of the runner's directory.
            state.outlets[key] = nil
        }
        var report = AttemptReport.sample(assignment, outcome: outcome ?? .failure)
        report.telemetryChunks = monitor.with { $0.chunksInReport } ?? (telemetry.chunks > 0 ? telemetry.chunks : nil)
        monitor.with { $0.amend }(&report)
        return report
    }

    func stop(_ key: AttemptKey, as reason: StopReason) {
        monitor.with { state in
            guard state.started.contains(key) else { return }
            state.stops[key] = reason
            state.endings[key] = reason == .cancelled ? .cancelled : .lost
        }
    }

    func finish(_ job: JobAssignment, _ outcome: AttemptOutcome = .success) { monitor.with { $0.endings[job.key] = outcome } }

    func wait(until condition: @escaping @Sendable (State) -> Bool) async throws { try await monitor.wait(until: condition) }
}
