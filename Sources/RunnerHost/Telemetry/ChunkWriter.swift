import Dispatch
import LynxModel

/// Packs chunks and hands them to their outlets, one at a time: jobs that began together fill theirs together, and packing
/// them all at once would keep the telemetry thread from a processor when a breach arrives.
final class ChunkWriter: Sendable {
    static let shared = ChunkWriter()

    private let queue = DispatchQueue(label: "lynx-chunks", qos: .utility)

    /// Returns whether the outlet took it.
    func write(_ chunk: TelemetryChunk, _ compression: TelemetryCompression, to outlet: any TelemetryOutlet) async -> Bool {
        await withCheckedContinuation { continuation in
            queue.async {
                let written: Void? = try? outlet.take(try chunk.encoded(compression))
                continuation.resume(returning: written != nil)
            }
        }
    }
}
