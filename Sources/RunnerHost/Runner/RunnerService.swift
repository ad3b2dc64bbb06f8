import FoundationEssentials
import EventLoop
package import Logging
package import LynxModel
import Support

/// A runner's life: it registers, claims jobs up to the free slots, runs them, delivers their results and leaves.
///
/// Each loop has a file of its own; they share `RunnerState` behind a `Monitor`, on which they wait for work.
package final class RunnerService: Sendable {
    let identity: RunnerIdentity
    let capabilities: RunnerCapabilities
    let engines: EngineReports
    let client: ControlPlaneClient
    let spool: Spool
    let host: SimulationHost
    let options: RunnerOptions
    let log: RunnerLog
    let monitor: Monitor<RunnerState>
    let availability: Availability
    let resultCalls: ResultCalls
    /// Calls that block on the spool's disk have their own threads, so that a hung engine delays no result.
    private let spoolThreads = CallThreads(name: "lynx-spool", most: 8)

    /// - Parameter client: remains the caller's to shut down after `run` has returned.
    package init(
        identity: RunnerIdentity, capabilities: RunnerCapabilities, engines: EngineReports, client: ControlPlaneClient,
        spool: Spool, host: SimulationHost, logger: Logger, options: RunnerOptions = RunnerOptions(), engineLimits: [String: Int] = [:]
    ) {
        self.identity = identity
        self.capabilities = capabilities
        self.engines = engines
        self.client = client
        self.spool = spool
        self.host = host
        self.options = options
        log = RunnerLog(logger: logger)
        let limits = EngineLimits(engines: engines.ids, limits: engineLimits)
        monitor = Monitor(RunnerState(capacity: max(1, capabilities.maxConcurrentJobs), limits: limits))
        availability = Availability(log: log)
        resultCalls = ResultCalls(client: client, runnerID: identity.runnerID)
        monitor.with { $0.offers(host.scenarios.engines) }
        host.scenarios.observe { [monitor, scenarios = host.scenarios] in
            let routes = scenarios.engines
            monitor.with { $0.offers(routes) }
        }
        host.conditions.observe { [monitor, log, weak conditions = host.conditions] in
            guard let conditions else { return }
            let changes = monitor.with { $0.changed(troubles: conditions.troubles) }
            for (engine, trouble) in changes { log.troubleChanged(engine, trouble) }
        }
    }

    /// Runs until the runner has left, by `drain` or `stopNow`. Cancelling the task means `stopNow`. To be called once.
    ///
    /// - Throws: `FileError` if the spool cannot be read; `ControlPlaneError` if the control plane refuses this runner.
    package func run() async throws {
        // Cancellation must not abort the calls that report the stopped jobs: it only begins the orderly end.
        let life = Task { try await live() }
        try await withTaskCancellationHandler {
            try await life.value
        } onCancel: {
            stopNow()
        }
    }

    /// Claims no new jobs; `run` returns when the running jobs have finished and their results are delivered.
    package func drain() { leave(in: .draining) }

    /// Stops the running attempts as lost; `run` returns when they are reported. A second call leaves out the time that
    /// simulations have to end by themselves.
    package func stopNow() { stopNow(atOnce: monitor.with { $0.phase } == .stopping) }

    private func stopNow(atOnce: Bool) {
        leave(in: .stopping)
        for attempt in monitor.with({ $0.running.attempts }) { attempt.stop(.lost, atOnce: atOnce) }
    }

    /// Does what `stopNow` does, after the process that was this runner's control plane has ended: it will not return, so
    /// nothing is waited for, and undelivered results stay in the spool.
    package func orphaned() {
        monitor.with { $0.orphaned() }
        stopNow(atOnce: true)
    }

    /// Ends everything at once; undelivered results stay in the spool.
    func revoked(_ error: ControlPlaneError) {
        guard monitor.with({ $0.revoked(error) }) else { return }
        log.revoked(error)
        client.discardCredential()
        for attempt in monitor.with({ $0.running.attempts }) { attempt.stop(.lost, atOnce: true) }
    }

    private func leave(in phase: RunnerPhase) {
        let counts = monitor.with { state in
            state.advance(to: phase) ? (state.running.keys.count, state.outbox.count) : nil
        }
        if let (running, undelivered) = counts { log.leaving(phase, running: running, undelivered: undelivered) }
    }

    /// The running attempt with this key; nil if there is none.
    func attempt(_ key: AttemptKey) -> Attempt? { monitor.read { $0.running[key] } }

    private func live() async throws {
        try await adoptSpool()
        try await adoptRetractions()
        await withTaskGroup { loops in
            loops.addTask { await self.prepareSpares() }
            loops.addTask { await self.conditionLoop() }
            loops.addTask { await self.registrationLoop() }
            loops.addTask { await self.heartbeatLoop() }
            loops.addTask { await self.retractionLoop() }
            for _ in 0..<max(1, options.concurrentDeliveries) { loops.addTask { await self.deliveryLoop() } }
            for _ in 0..<2 { loops.addTask { await self.chunkLoop() } }
            await claimLoop()
            await awaitDeliveries()
            loops.cancelAll()
        }
        await signOff()
        if let failure = monitor.with({ $0.failure }) { throw failure }
    }

    /// Checks the conditions again for as long as one of them fails.
    private func conditionLoop() async {
        while (try? await monitor.wait { !$0.troubles.isEmpty }) != nil {
            await host.conditions.recheck()
            do { try await TaskTimers.shared.sleep(for: options.conditionInterval) } catch { return }
        }
    }

    /// Prepares files for the first chunks: jobs that begin together fill them together, and data that waits for a file
    /// occupies memory.
    private func prepareSpares() async {
        let files = min(4 * max(1, capabilities.maxConcurrentJobs), Self.mostSpares)
        try? await blocking { self.spool.spares.prepare(files) }
    }

    private static let mostSpares = 256

    private func adoptSpool() async throws {
        let scan = try await blocking { try self.spool.scan() }
        for file in scan.corrupt { log.setAside(corrupt: file) }
        try await blocking { try self.spool.removeOrphanedChunks(except: scan.reports) }
        for key in scan.reports { _ = adopt(try await blocking { try self.spool.chunks(of: key) }, of: key) }
        guard !scan.reports.isEmpty else { return }
        log.foundUndelivered(scan.reports.count)
        monitor.with { $0.adopt(scan.reports, bases: scan.bases) }
    }

    /// Waits until every result is acknowledged, or until no result was acknowledged and no file moved for the grace period.
    private func awaitDeliveries() async {
        while true {
            // A control plane that never registered this runner does not accept its results either.
            let (left, chunks, moved, isHopeless) = monitor.with {
                (
                    $0.awaited, $0.chunks.count, $0.movedPieces,
                    $0.isCutOff || $0.failure != nil && $0.registrations == 0
                )
            }
            if left == 0 { return }
            if isHopeless { return log.leftInSpool(left) }
            let isMoving = await succeeds(within: options.drainGrace) { [monitor] in
                try await monitor.wait {
                    $0.awaited < left || $0.chunks.count < chunks || $0.movedPieces != moved || $0.isCutOff
                }
            }
            if !isMoving { return log.leftInSpool(left) }
        }
    }

    /// Ends this runner's session at the control plane. If results are left in the spool it does not: the next start may
    /// deliver them while their leases last.
    private func signOff() async {
        guard monitor.with({ !$0.isCutOff && $0.registrations > 0 && $0.outbox.keys.isEmpty }) else { return }
        let request = LeaveRequest(runnerID: identity.runnerID, sessionID: identity.sessionID)
        let hasLeft = await succeeds(within: options.drainGrace) { [client, options] in
            var backoff = options.backoff
            while true {
                do {
                    return try await client.leave(request)
                } catch let error as ControlPlaneError {
                    guard case .retry(let notBefore) = error.advice else { throw error }
                    try await Task.sleep(for: max(backoff.next(), notBefore ?? .zero))
                }
            }
        }
        if hasLeft { log.left() } else { log.leaveFailed() }
    }

    /// Runs a blocking call on the disk outside the threads that tasks share.
    func blocking<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await spoolThreads.run(body)
    }
}
