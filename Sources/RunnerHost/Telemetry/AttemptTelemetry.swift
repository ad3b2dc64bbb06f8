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
            watchdog: Watchdog(assignment.earlyTermination, startNanoseconds: MonotonicClock.now),
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
