import EventLoop
import LynxModel
import LynxTelemetry
import Synchronization
import TelemetryServer

/// The telemetry of one attempt from its endpoint to the report: evaluated and recorded on the event loop's thread
/// (`WatchedRecording`), written to the spool in chunks while the attempt runs, and the rest added to the result.
final class AttemptTelemetry: Sendable {
    struct Summary: Sendable {
        var series: [String: TelemetrySeries] = [:]
        /// The number of chunks before, and the positions of the remaining points in their series; nil if there were no chunks.
        var chunks: Int?
        var positions: [String: TelemetryPosition]?
        var warnings: [String] = []
        var observed: ObservedTelemetry?
        /// The simulated time of the latest sample in seconds.
        var latestTime: Double?
    }

    /// A chunk being written to the spool. There is at most one, so that chunks stay in order.
    private struct Flush: Sendable {
        var underway: Task<Void, Never>?
        /// A chunk that was not spooled.
        var returned: TelemetryChunk?
    }

    private let attempt: Attempt
    private let maxPoints: Int
    private let chunks: TelemetryChunks
    private let compression: TelemetryCompression
    private let flush = Mutex(Flush())
    private let recorded = Mutex<(recorder: TelemetryRecorder, watchdog: [String])?>(nil)

    /// The limit for points in the result; more points are written as chunks before it.
    private static let mostPointsInResult = 250_000

    /// The default interval in seconds.
    private static let defaultFlushInterval = 10.0

    init(_ attempt: Attempt, maxPoints: Int, _ chunks: TelemetryChunks) {
        self.attempt = attempt
        self.maxPoints = maxPoints
        self.chunks = chunks
        compression = attempt.assignment.telemetry.storage?.compression.flatMap(TelemetryCompression.init) ?? .zlib
    }

    @Sendable func makeSink() -> any TelemetrySink {
        let assignment = attempt.assignment
        let interval = assignment.telemetry.bufferFlushIntervalSeconds ?? Self.defaultFlushInterval
        return WatchedRecording(
            watchdog: Watchdog(assignment.earlyTermination, startNanoseconds: MonotonicClock.now),
            recorder: TelemetryRecorder(
                assignment.telemetry, limits: .init(pointsPerVariable: maxPoints), observed: ObservedTelemetry(of: assignment)),
            flushInterval: UInt64(min(max(interval, 0.001), 1e6) * 1e9), for: self)
    }

    /// Runs on the loop's thread, so that the kill is sent from there.
    func breached(_ breach: Breach) { attempt.stop(.breach(breach)) }

    /// Takes the points out of the recorder on the loop's thread; packing and writing happen elsewhere.
    func flush(_ recorder: inout TelemetryRecorder) {
        let returned = flush.withLock { flush -> TelemetryChunk?? in
            guard flush.underway == nil else { return nil }
            defer { flush.returned = nil }
            return .some(flush.returned)
        }
        // The previous chunk is not written yet, so points accumulate until the next flush.
        guard let returned else { return }
        if let returned { recorder.putBack(returned) }
        guard chunks.isOpen, let chunk = recorder.takeChunk() else { return }
        flush.withLock { flush in
            flush.underway = Task { [self] in
                let isSpooled = await chunks.add(chunk, compression)
                self.flush.withLock { $0 = Flush(underway: nil, returned: isSpooled ? nil : chunk) }
            }
        }
    }

    /// Called on the loop's thread when no more samples come.
    func ended(_ recorder: TelemetryRecorder, watchdog warnings: [String]) { recorded.withLock { $0 = (recorder, warnings) } }

    /// Processes the remaining samples and summarises the telemetry. A breach found now is handled like any other.
    func finish(_ endpoint: TelemetryEndpoint) async -> Summary {
        let counters = await endpoint.finish()
        await flush.withLock { $0.underway }?.value
        guard case (var recorder, let watchdog)? = recorded.withLock({ $0 }) else { return Summary() }
        if let returned = flush.withLock({ $0.returned }) { recorder.putBack(returned) }
        while chunks.isOpen, recorder.pointCount > Self.mostPointsInResult, let chunk = recorder.takeChunk() {
            if await chunks.add(chunk, compression) { continue }
            recorder.putBack(chunk)
            break
        }
        var warnings = watchdog + TelemetryLosses.warnings(ofRefusals: counters)
        warnings += recorder.warnings(droppedBefore: counters.droppedSamples)
        if counters.rejectedConnections > 0 {
            warnings.append("telemetry: \(counters.rejectedConnections) connections turned away: another user's, or too many at once")
        }
        if counters.protocolErrors > 0 {
            warnings.append("telemetry: \(counters.protocolErrors) connections closed that did not speak gRPC")
        }
        var summary = Summary(series: recorder.result(), warnings: warnings + chunks.warnings)
        summary.observed = recorder.observed
        summary.latestTime = recorder.latestTime.isFinite ? recorder.latestTime : nil
        if chunks.count > 0 {
            summary.chunks = chunks.count
            summary.positions = recorder.tailPositions()
        }
        return summary
    }
}
