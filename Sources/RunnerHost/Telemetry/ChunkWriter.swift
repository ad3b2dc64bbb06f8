import Dispatch
import LynxModel
import Synchronization

/// Packs chunks and hands them to their outlets, one at a time: jobs that began together fill theirs together, and packing
/// them all at once would keep the telemetry threads from a processor when a breach arrives.
final class ChunkWriter: Sendable {
    static let shared = ChunkWriter()

    /// While more wait, they are written as they are: packing takes ten times as long as writing, and whatever waits is held
    /// in memory, with all that its job sends meanwhile.
    private static let mostWaiting = 8

    private let queue = DispatchQueue(label: "lynx-chunks", qos: .utility)
    private let waiting = Atomic(0)

    /// Chunks that wait, and the one that is being written.
    var count: Int { waiting.load(ordering: .relaxed) }

    /// Returns whether the outlet took it.
    func write(_ chunk: TelemetryChunk, _ compression: TelemetryCompression, to outlet: any TelemetryOutlet) async -> Bool {
        waiting.add(1, ordering: .relaxed)
        return await withCheckedContinuation { continuation in
            queue.async { [self] in
                let isBehind = count > Self.mostWaiting
                let written: Void? = try? outlet.take(try chunk.encoded(isBehind ? .none : compression))
                waiting.subtract(1, ordering: .relaxed)
                continuation.resume(returning: written != nil)
            }
        }
    }
}
