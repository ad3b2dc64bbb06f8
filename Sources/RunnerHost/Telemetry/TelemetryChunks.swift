import Dispatch
import FoundationEssentials
import LynxModel
import LynxTelemetry
import Synchronization

/// The chunks of one attempt's telemetry, which are written to the spool and queued for delivery.
final class TelemetryChunks: Sendable {
    private let key: AttemptKey
    private let spool: Spool
    private let monitor: Monitor<RunnerState>
    private let bound: Int
    private let log: AttemptLog
    private let state = Mutex<(count: Int, wasFull: Bool, hasFailed: Bool)>((0, false, false))

    init(_ attempt: Attempt, _ runner: RunnerService) {
        key = attempt.key
        log = attempt.log
        spool = runner.spool
        monitor = runner.monitor
        bound = runner.options.chunkBytesPerAttempt
    }

    /// The number of chunks that were spooled.
    var count: Int { state.withLock { $0.count } }

    /// Whether a chunk would be spooled now. Any thread, including the telemetry loop's; does not wait.
    var isOpen: Bool {
        let (isWanted, bytes) = monitor.read { state in
            (state.session?.takesTelemetry == true && !state.chunks.isDropped(key), state.chunks.bytes(key))
        }
        let isFull = bytes >= bound
        if isFull { state.withLock { $0.wasFull = true } }
        return isWanted && !isFull
    }

    /// Warnings for the user about chunks that were not spooled.
    var warnings: [String] {
        guard state.withLock({ $0.wasFull }) else { return [] }
        return ["telemetry: \(bound) bytes of it were waiting for the control plane at a time; later samples were sent only at the end"]
    }

    /// Packs the next chunk and spools it; returns false if it was not spooled.
    func add(_ chunk: TelemetryChunk, _ compression: TelemetryCompression) async -> Bool {
        await ChunkPacker.shared.pack(chunk, compression) { [self] in try spool($0) }
    }

    /// Writes the packed chunk to disk as the next one. Blocks.
    func spool(_ packed: Data) throws {
        let seq = count
        do {
            try spool.store(chunk: packed, seq, for: key)
        } catch {
            let isFirst = state.withLock { state in
                defer { state.hasFailed = true }
                return !state.hasFailed
            }
            if isFirst { log.telemetryNotSpooled(error) }
            throw error
        }
        guard monitor.with({ $0.chunks.added(key, seq: seq, bytes: packed.count) }) else {
            spool.removeChunk(seq, of: key)
            throw Dropped()
        }
        state.withLock { $0.count += 1 }
    }

    /// The control plane stopped accepting this attempt's chunks in the meantime.
    private struct Dropped: Error {}
}

/// Packs chunks one at a time: jobs that began together fill theirs together, and packing all at once would keep the telemetry
/// threads from a processor when a breach occurs.
final class ChunkPacker: Sendable {
    static let shared = ChunkPacker()

    /// If more chunks are waiting, they are written unpacked: packing takes ten times as long as writing, and waiting chunks
    /// occupy memory together with everything that their jobs send meanwhile.
    private static let mostWaiting = 8

    private let queue = DispatchQueue(label: "lynx-chunks", qos: .utility)
    private let waiting = Atomic(0)

    /// The number of chunks that wait or are being packed.
    var count: Int { waiting.load(ordering: .relaxed) }

    /// Packs a chunk and passes it to `write`, which may block. Returns whether `write` succeeded.
    func pack(
        _ chunk: TelemetryChunk, _ compression: TelemetryCompression, write: @escaping @Sendable (Data) throws -> Void
    ) async -> Bool {
        waiting.add(1, ordering: .relaxed)
        return await withCheckedContinuation { continuation in
            queue.async { [self] in
                let isBehind = count > Self.mostWaiting
                let written: Void? = try? write(try chunk.encoded(isBehind ? .none : compression))
                waiting.subtract(1, ordering: .relaxed)
                continuation.resume(returning: written != nil)
            }
        }
    }
}
