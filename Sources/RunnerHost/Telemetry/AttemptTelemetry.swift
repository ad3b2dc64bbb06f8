import EventLoop
import LynxModel
import Synchronization
import TelemetryServer

/// The telemetry of one attempt: judged by the watchdog and kept by the recorder, on the event loop's thread.
final class AttemptTelemetry: Sendable {
    struct Summary: Sendable {
        var series: [String: TelemetrySeries] = [:]
        var warnings: [String] = []
    }

    private let assignment: JobAssignment
    private let maxPoints: Int
    private let onBreach: @Sendable (String) -> Void
    private let outcome = Mutex<(recorder: TelemetryRecorder, watchdog: [String])?>(nil)

    /// - Parameter onBreach: called with the breach's message on the loop's thread, at most once.
    init(_ assignment: JobAssignment, maxPoints: Int, onBreach: @escaping @Sendable (String) -> Void) {
        self.assignment = assignment
        self.maxPoints = maxPoints
        self.onBreach = onBreach
    }

    @Sendable func makeSink() -> any TelemetrySink {
        AttemptSink(
            spec: assignment.earlyTermination,
            recorder: TelemetryRecorder(assignment.telemetry, limits: .init(pointsPerVariable: maxPoints)), onBreach: onBreach
        ) { [self] recorder, warnings in
            outcome.withLock { $0 = (recorder, warnings) }
        }
    }

    /// Takes in the rest of what arrived, judges it, and sums up. A breach found now is told like any other.
    func finish(_ endpoint: TelemetryEndpoint) async -> Summary {
        let counters = await endpoint.finish()
        guard let (recorder, watchdog) = outcome.withLock({ $0 }) else { return Summary() }
        var warnings = watchdog + recorder.warnings(droppedBefore: counters.droppedSamples)
        if counters.rejectedConnections > 0 {
            warnings.append("telemetry: \(counters.rejectedConnections) connections turned away: another user's, or too many at once")
        }
        if counters.protocolErrors > 0 {
            warnings.append("telemetry: \(counters.protocolErrors) connections closed that did not speak gRPC")
        }
        return Summary(series: recorder.result(), warnings: warnings)
    }
}

private final class AttemptSink: TelemetrySink {
    private let spec: EarlyTerminationSpec
    private var watchdog: Watchdog?
    private var recorder: TelemetryRecorder
    private let onBreach: (String) -> Void
    private let onFinish: (TelemetryRecorder, [String]) -> Void
    private var hasTimer = false

    init(
        spec: EarlyTerminationSpec, recorder: TelemetryRecorder, onBreach: @escaping (String) -> Void,
        onFinish: @escaping (TelemetryRecorder, [String]) -> Void
    ) {
        self.spec = spec
        self.recorder = recorder
        self.onBreach = onBreach
        self.onFinish = onFinish
    }

    func receive(_ variable: TelemetryVariable, simTime: Double, value: Double, context: LoopContext) {
        let now = context.now
        var watchdog = self.watchdog.take() ?? Watchdog(spec, startNanoseconds: now)
        // Judged first: a breach does not wait for the books to be kept.
        let breach = watchdog.observe(
            variable: variable.index, name: variable.name, units: variable.units, value: value, simTime: simTime, atNanoseconds: now)
        let due = watchdog.nextTick
        self.watchdog = consume watchdog
        if let breach { onBreach(breach.message) }
        if let due, !hasTimer {
            hasTimer = true
            context.schedule(after: due > now ? due - now : 0) { [weak self] in self?.tick($0) }
        }
        recorder.record(
            variable: variable.index, name: variable.name, units: variable.units, value: value, simTime: simTime)
    }

    func finish(context: LoopContext) {
        var watchdog = self.watchdog.take() ?? Watchdog(spec, startNanoseconds: context.now)
        if let breach = watchdog.finish() { onBreach(breach.message) }
        onFinish(recorder, watchdog.warnings)
        self.watchdog = watchdog
    }

    private func tick(_ context: LoopContext) {
        hasTimer = false
        if let breach = watchdog?.tick(atNanoseconds: context.now) { onBreach(breach.message) }
    }
}
