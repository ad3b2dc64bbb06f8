import FoundationEssentials
import LynxModel
import Synchronization

/// Spools the chunks of one attempt for the loop that delivers them.
final class AttemptOutlet: TelemetryOutlet {
    private let key: AttemptKey
    private let spool: Spool
    private let monitor: Monitor<RunnerState>
    private let bound: Int
    private let log: AttemptLog
    private let state = Mutex<(chunks: Int, wasFull: Bool, hasFailed: Bool)>((0, false, false))

    init(_ key: AttemptKey, _ service: RunnerService, _ log: AttemptLog) {
        self.key = key
        spool = service.spool
        monitor = service.monitor
        bound = service.options.chunkBytesPerAttempt
        self.log = log
    }

    var chunks: Int { state.withLock { $0.chunks } }

    var isOpen: Bool {
        // On the thread that judges telemetry.
        let (isWanted, bytes) = monitor.read { state in
            (state.session?.takesTelemetry == true && !state.chunks.isDropped(key), state.chunks.bytes(key))
        }
        let isFull = bytes >= bound
        if isFull { state.withLock { $0.wasFull = true } }
        return isWanted && !isFull
    }

    var warnings: [String] {
        guard state.withLock({ $0.wasFull }) else { return [] }
        return ["telemetry: \(bound) bytes of it were waiting for the control plane at a time; what came then was sent at the end only"]
    }

    func take(_ chunk: Data) throws {
        let seq = chunks
        do {
            try spool.store(chunk: chunk, seq, for: key)
        } catch {
            let isFirst = state.withLock { state in
                defer { state.hasFailed = true }
                return !state.hasFailed
            }
            if isFirst { log.telemetryNotSpooled(error) }
            throw error
        }
        guard monitor.with({ $0.chunks.added(key, seq: seq, bytes: chunk.count) }) else {
            spool.removeChunk(seq, of: key)
            throw Dropped()
        }
        state.withLock { $0.chunks += 1 }
    }

    /// The control plane has had enough meanwhile.
    private struct Dropped: Error {}
}
