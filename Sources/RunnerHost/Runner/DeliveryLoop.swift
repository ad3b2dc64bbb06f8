import LynxModel
import ObjectStore

extension RunnerService {
    /// Delivers results, one at a time; several of these loops run side by side, and what they have ready at the same time
    /// goes in one call. A result that fails makes room for the next, so that one the control plane chokes on does not
    /// hold up the others.
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

    private func load(_ delivery: RunnerState.Delivery) async throws -> SpooledReport? {
        if let report = delivery.memory ?? delivery.copy { return report }
        return try await blocking { [spool] in try spool.load(delivery.key).map(SpooledReport.init(json:)) }
    }

    private func failed(
        _ delivery: RunnerState.Delivery, _ error: ControlPlaneError, _ backoff: inout Backoff, _ log: AttemptLog
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
            // 404: its job is unknown to a control plane that knows this runner. 401 is about the runner alone.
            if error.status == 404 { return await reject(delivery, error, log) }
            fallthrough
        case .retry, .misconfigured, .revoked:
            monitor.with { $0.deliveryFailed(delivery.key, error) }
            await recover(from: error, delivery.turn, &backoff)
        }
    }

    /// Takes a result out of the spool that needs no delivery any more.
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

    /// Whether a refusal comes from a control plane, and not from whatever else a wrong URL leads to.
    private func isFinal(_ error: ControlPlaneError) -> Bool { error.isProblem || monitor.with { $0.registrations > 0 } }

    /// What can never be delivered is not kept. What the attempt left on this machine stays.
    private func reject(_ delivery: RunnerState.Delivery, _ error: ControlPlaneError, _ log: AttemptLog) async {
        availability.answered()
        log.rejected(error)
        await forget(delivery.key)
    }

    /// Has the job end with the reason why its result is refused, instead of being lost and run again to the same end.
    ///
    /// - Returns: false if there is nothing to put in its place, because it was refused itself or is no report.
    private func replace(
        _ spooled: SpooledReport, refusedFor error: ControlPlaneError, _ delivery: RunnerState.Delivery, _ log: AttemptLog
    ) async throws -> Bool {
        guard let report = spooled.content, !report.standsForRefused else { return false }
        let substitute = SpooledReport(.standingFor(report, refusedFor: error))
        log.replaced(error)
        if delivery.memory == nil { try await blocking { [spool] in try spool.store(substitute.json, for: delivery.key) } }
        spool.removeChunks(of: delivery.key)
        monitor.with { $0.deliveryChanged(delivery.key, memory: delivery.memory == nil ? nil : substitute) }
        return true
    }
}
