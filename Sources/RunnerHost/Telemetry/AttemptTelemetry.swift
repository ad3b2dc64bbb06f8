import EventLoop
package import FoundationEssentials
import LynxModel
import Synchronization
import TelemetryServer

/// The telemetry of one attempt: judged by the watchdog and kept by the recorder, on the event loop's thread.
final class AttemptTelemetry: Sendable {
    struct Summary: Sendable {
        var series: [String: TelemetrySeries] = [:]
        /// How many chunks went before, and where in the series what is here stands; nil if none did.
        var chunks: Int?
        var positions: [String: TelemetryPosition]?
        var warnings: [String] = []
    }

    /// A chunk on its way to the outlet. There is one at most, so that chunks stay in order.
    private struct Flush: Sendable {
        var underway: Task<Void, Never>?
        /// A chunk that the outlet did not take.
        var returned: TelemetryChunk?
    }

    private let assignment: JobAssignment
    private let maxPoints: Int
    private let outlet: (any TelemetryOutlet)?
    private let compression: TelemetryCompression
    private let onBreach: @Sendable (Breach) -> Void
    private let flush = Mutex(Flush())
    private let outcome = Mutex<(recorder: TelemetryRecorder, watchdog: [String])?>(nil)

    /// More points than this do not go with the result, but in chunks before it.
    private static let mostPointsInResult = 250_000

    /// In seconds, where the batch names none.
    private static let defaultFlushInterval = 10.0

    /// - Parameters:
    ///   - outlet: nil: everything goes with the result.
    ///   - onBreach: called with the breach on the loop's thread, at most once.
    init(
        _ assignment: JobAssignment, maxPoints: Int, outlet: (any TelemetryOutlet)? = nil,
        onBreach: @escaping @Sendable (Breach) -> Void
    ) {
        self.assignment = assignment
        self.maxPoints = maxPoints
        self.outlet = outlet
        compression = assignment.telemetry.storage?.compression.flatMap(TelemetryCompression.init) ?? .zlib
        self.onBreach = onBreach
    }

    @Sendable func makeSink() -> any TelemetrySink {
        let interval = assignment.telemetry.bufferFlushIntervalSeconds ?? Self.defaultFlushInterval
        return AttemptSink(
            watchdog: Watchdog(assignment.earlyTermination, startNanoseconds: MonotonicClock.now),
            recorder: TelemetryRecorder(assignment.telemetry, limits: .init(pointsPerVariable: maxPoints)),
            flushInterval: UInt64(min(max(interval, 0.001), 1e6) * 1e9), onFlush: outlet.map { outlet in { [self] in flush(&$0, to: outlet) } },
            onBreach: onBreach
        ) { [self] recorder, warnings in
            outcome.withLock { $0 = (recorder, warnings) }
        }
    }

    /// On the loop's thread: takes the points, and leaves packing and writing them to others.
    private func flush(_ recorder: inout TelemetryRecorder, to outlet: any TelemetryOutlet) {
        let returned = flush.withLock { flush -> TelemetryChunk?? in
            guard flush.underway == nil else { return nil }
            defer { flush.returned = nil }
            return .some(flush.returned)
        }
        // The one before is not written yet: points gather until the next time.
        guard let returned else { return }
        if let returned { recorder.putBack(returned) }
        guard outlet.isOpen, let chunk = recorder.takeChunk() else { return }
        flush.withLock { flush in
            flush.underway = Task { [self] in
                let isTaken = await ChunkWriter.shared.write(chunk, compression, to: outlet)
                self.flush.withLock { $0 = Flush(underway: nil, returned: isTaken ? nil : chunk) }
            }
        }
    }

    /// Takes in the rest of what arrived, judges it, and sums up. A breach found now is told like any other.
    func finish(_ endpoint: TelemetryEndpoint) async -> Summary {
        let counters = await endpoint.finish()
        await flush.withLock { $0.underway }?.value
        guard let (recorded, watchdog) = outcome.withLock({ $0 }) else { return Summary() }
        var recorder = recorded
        if let returned = flush.withLock({ $0.returned }) { recorder.putBack(returned) }
        while let outlet, outlet.isOpen, recorder.pointCount > Self.mostPointsInResult, let chunk = recorder.takeChunk() {
            if await ChunkWriter.shared.write(chunk, compression, to: outlet) { continue }
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
        var summary = Summary(series: recorder.result(), warnings: warnings + (outlet?.warnings ?? []))
        if let chunks = outlet?.chunks, chunks > 0 {
            summary.chunks = chunks
            summary.positions = recorder.tailPositions()
        }
        return summary
    }
}

/// Where the telemetry of a running attempt goes, chunk by chunk.
package protocol TelemetryOutlet: Sendable {
    /// Whether a chunk would be taken now. Any thread; does not wait.
    var isOpen: Bool { get }

    /// How many chunks were taken.
    var chunks: Int { get }

    /// What a person should know of the chunks that were not.
    var warnings: [String] { get }

    /// Takes the next chunk: when this returns it is on disk. Blocks.
    func take(_ chunk: Data) throws
}
