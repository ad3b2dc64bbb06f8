import LynxModel
import ObjectStore

extension RunnerService {
    /// Delivers results, one at a time; several of these loops run side by side, and results that are ready at the same time go
    /// in one call. A result that fails goes behind the others, so that one that the control plane cannot process does not
    /// delay them.
    func deliveryLoop() async {
        var backoff = options.backoff
        while let delivery = try? await monitor.take({ $0.nextDelivery() }) {
            let log = log.attempt(delivery.key)
            do {
                guard let spooled = try await load(delivery) else {
                    monitor.with { $0.settled(delivery.key) }
                    continue
                }
                let (report, disposable) = try await uploadFiles(of: spooled, log)
                do {
                    try await resultCalls.deliver(report.json, jobID: delivery.key.jobID, mayJoin: delivery.mayJoin)
                } catch let error as ControlPlaneError where error.advice == .incomplete {
                    availability.answered()
                    try await sendMissingTelemetry(delivery, log)
                    continue
                } catch let error as ControlPlaneError where error.advice == .refused && isFinal(error) {
                    availability.answered()
                    if try await replace(spooled, refusedFor: error, delivery, log) { continue }
                    throw error
                }
                availability.answered()
                backoff.reset()
                log.delivered()
                if let delivered = report.report, let records = delivered.records { host.delivered(records, batchID: delivered.batchID) }
                if let disposable { await dispose(of: disposable, log) }
                await forget(delivery.key)
            } catch let error as ControlPlaneError {
                await failed(delivery, error, &backoff, log)
            } catch let error as S3Error {
                log.objectStoreFailed(error)
                monitor.with { $0.deliveryFailed(delivery.key) }
                await rest(backoff.next(), delivery.turn)
            } catch is CancellationError {
                monitor.with { $0.deliveryFailed(delivery.key) }
            } catch {
                log.unreadable(error)
                monitor.with { $0.deliveryFailed(delivery.key) }
                await rest(backoff.next(), delivery.turn)
            }
        }
    }

    private func load(_ delivery: Outbox.Delivery) async throws -> SpooledReport? {
        if let report = delivery.memory ?? delivery.copy { return report }
        return try await blocking { [spool] in try spool.load(delivery.key).map(SpooledReport.init(json:)) }
    }

    private func failed(
        _ delivery: Outbox.Delivery, _ error: ControlPlaneError, _ backoff: inout Backoff, _ log: AttemptLog
    ) async {
        switch error.advice {
        case .stale:
            availability.answered()
            log.forgotten()
            await forget(delivery.key)
        case .refused where !isFinal(error):
            monitor.with { $0.deliveryFailed(delivery.key, error) }
            await recover(from: error, delivery.turn, &backoff)
        case .refused, .incomplete:
            await reject(delivery, error, log)
        case .registerAgain:
            let isHopeless = monitor.with { $0.deliveryUnknown(delivery) }
            guard isHopeless else { return await recover(from: error, delivery.turn, &backoff) }
            // 404 means that a control plane that knows this runner does not know the job. 401 concerns the runner only.
            if error.status == 404 { return await reject(delivery, error, log) }
            fallthrough
        case .retry, .misconfigured, .revoked:
            monitor.with { $0.deliveryFailed(delivery.key, error) }
            await recover(from: error, delivery.turn, &backoff)
        }
    }

    /// Removes a result from the spool that needs no delivery any more.
    func forget(_ key: AttemptKey) async {
        do {
            try await blocking { [spool] in
                spool.removeChunks(of: key)
                try spool.remove(key)
            }
        } catch {
            log.attempt(key).notRemoved(error)
        }
        monitor.with { $0.settled(key) }
    }

    /// Whether a refusal comes from a control plane rather than from another server at a wrong URL.
    private func isFinal(_ error: ControlPlaneError) -> Bool { error.isProblem || monitor.with { $0.registrations > 0 } }

    /// Drops a result that can never be delivered. The attempt's files on this machine stay.
    private func reject(_ delivery: Outbox.Delivery, _ error: ControlPlaneError, _ log: AttemptLog) async {
        availability.answered()
        log.rejected(error)
        await forget(delivery.key)
    }

    /// Replaces a result that is refused by one that states the reason, so that the job ends with it instead of being lost and
    /// run again with the same outcome.
    ///
    /// - Returns: false if it cannot be replaced, because it was a replacement itself or is not a report.
    private func replace(
        _ spooled: SpooledReport, refusedFor error: ControlPlaneError, _ delivery: Outbox.Delivery, _ log: AttemptLog
    ) async throws -> Bool {
        guard let report = spooled.content, !report.standsForRefused else { return false }
        let substitute = SpooledReport(.standingFor(report, refusedFor: error))
        log.replaced(error)
        try await blocking { [spool] in
            if delivery.memory == nil { try spool.store(substitute.json, for: delivery.key) }
            spool.removeChunks(of: delivery.key)
        }
        monitor.with { $0.deliveryChanged(delivery.key, memory: delivery.memory == nil ? nil : substitute) }
        return true
    }
}
