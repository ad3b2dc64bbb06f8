import FoundationEssentials
import LynxModel

extension RunnerService {
    /// Delivers chunks of telemetry, one at a time, and each attempt's in order.
    func chunkLoop() async {
        var backoff = options.backoff
        while let (delivery, turn) = try? await monitor.take({ state in state.nextChunk() }) {
            let log = log.attempt(delivery.key)
            do {
                let chunk = try await blocking { [spool] in try spool.loadChunk(delivery.seq, of: delivery.key) }
                // The control plane detects missing chunks when the result arrives.
                if let chunk {
                    try await client.deliver(
                        chunk: chunk, delivery.seq, attempt: delivery.key.attempt, jobID: delivery.key.jobID, runnerID: identity.runnerID)
                    availability.answered()
                    backoff.reset()
                }
                try await blocking { [spool] in spool.removeChunk(delivery.seq, of: delivery.key) }
                monitor.with { $0.chunks.settled(delivery) }
            } catch let error as ControlPlaneError {
                await failed(delivery, turn, error, &backoff, log)
            } catch is CancellationError {
                monitor.with { $0.chunks.failed(delivery) }
            } catch {
                log.unreadable(error)
                monitor.with { $0.chunks.failed(delivery) }
                await rest(backoff.next(), turn)
            }
        }
    }

    private func failed(
        _ delivery: ChunkQueue.Delivery, _ turn: RunnerState.Turn, _ error: ControlPlaneError, _ backoff: inout Backoff, _ log: AttemptLog
    ) async {
        let isFirst = monitor.with { $0.registrations == 0 }
        switch error.advice {
        case .stale, .refused, .incomplete:
            availability.answered()
            return await drop(delivery.key, error, log)
        case .registerAgain:
            // 401 concerns the runner only; 404 is from a control plane without the call, or a response from a proxy.
            if error.status == 404, monitor.with({ $0.chunks.refused(delivery) }) { return await drop(delivery.key, error, log) }
            monitor.with { state in
                state.sessionLost(turn)
                state.chunks.failed(delivery, isBlocked: state.session == nil)
            }
        case .misconfigured, .revoked:
            monitor.with { $0.chunks.failed(delivery, isBlocked: isFirst) }
        case .retry:
            monitor.with { state in
                let isBroken = error.status == 500 && state.chunks.brokeDown(delivery)
                state.chunks.failed(delivery, isBlocked: isFirst && isBroken)
            }
        }
        await recover(from: error, turn, &backoff)
    }

    /// Records that the control plane refuses this attempt's telemetry. It may still accept its result.
    private func drop(_ key: AttemptKey, _ error: ControlPlaneError, _ log: AttemptLog) async {
        log.telemetryDropped(error)
        monitor.with { $0.chunks.drop(key) }
        try? await blocking { [spool] in spool.removeChunks(of: key) }
    }

    /// Handles a result for which the control plane lacks earlier chunks: they are sent again if they are in the spool;
    /// otherwise the result is delivered without them and says so.
    func sendMissingTelemetry(_ delivery: Outbox.Delivery, _ log: AttemptLog) async throws {
        let key = delivery.key
        let found = try await blocking { [spool] in try spool.chunks(of: key) }
        if adopt(found, of: key) {
            return monitor.with { $0.deliveryFailed(key) }
        }
        log.telemetryMissing()
        var memory = delivery.memory
        guard let json = try await blocking({ [spool, memory] in try memory?.json ?? spool.load(key) }),
            var report = try? WireJSON.decode(AttemptReport.self, from: json)
        else { return monitor.with { $0.deliveryFailed(key) } }
        report.telemetryChunks = nil
        report.result.metadata.warnings.append("telemetry: a part of it was lost on its way to the control plane")
        let changed = SpooledReport(report)
        if memory == nil { try await blocking { [spool] in try spool.store(changed.json, for: key) } } else { memory = changed }
        monitor.with { $0.deliveryChanged(key, memory: memory) }
    }

    /// Queues chunks that are in the spool; returns false if there are none.
    func adopt(_ chunks: [(seq: Int, bytes: Int)], of key: AttemptKey) -> Bool {
        monitor.with { state in
            var isAny = false
            for chunk in chunks where state.chunks.added(key, seq: chunk.seq, bytes: chunk.bytes) { isAny = true }
            return isAny
        }
    }
}
