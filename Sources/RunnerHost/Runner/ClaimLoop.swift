import LynxModel

extension RunnerService {
    /// Claims jobs whenever slots are free and runs each in a child task. Returns when the runner is leaving and the last
    /// attempt has ended.
    func claimLoop() async {
        await withDiscardingTaskGroup { attempts in
            var backoff = options.backoff
            // Limits the rate of claims if the control plane replies without waiting.
            var idle = Backoff(base: options.backoff.base, cap: min(options.backoff.cap, .seconds(1)))
            while case .claim(let slots, let typeSlots, let turn)? = try? await monitor.take({ $0.claimTurn() }) {
                do {
                    let began = ContinuousClock.now
                    let wait = options.wait(ofClaimFor: typeSlots)
                    guard let answer = try await claim(slots, typeSlots, wait) else { continue }
                    availability.answered()
                    backoff.reset()
                    if answer.drain, monitor.with({ $0.pause(true) }) { log.paused(true) }
                    for (place, job) in answer.jobs.enumerated() { admit(job, isSurplus: place >= slots, to: &attempts) }
                    if !answer.jobs.isEmpty {
                        idle.reset()
                    } else if .now - began < wait / 2 {
                        await rest(idle.next(), turn)
                    }
                } catch {
                    await recover(from: error, turn, &backoff)
                }
            }
        }
    }

    /// Makes one claim; nil if it was abandoned because only its reply kept the runner from leaving.
    ///
    /// While attempts are running, the reply is awaited even though no job will be run: its jobs are reported as lost at once,
    /// whereas those of an abandoned claim would wait until their leases run out. Signing off right after an abandoned claim
    /// ends what it may have been given.
    private func claim(_ slots: Int, _ typeSlots: [String: Int]?, _ wait: Duration) async throws -> ClaimResponse? {
        let request = ClaimRequest(
            runnerID: identity.runnerID, sessionID: identity.sessionID, slots: slots,
            waitSeconds: wait / .seconds(1),
            held: monitor.with { $0.held }, typeSlots: typeSlots)
        return try await withThrowingTaskGroup(of: ClaimResponse?.self) { [client, monitor] group in
            group.addTask { try await client.claim(request) }
            group.addTask {
                try await monitor.wait { $0.isClaimPointless }
                return nil
            }
            let first = try await group.next() ?? nil
            group.cancelAll()
            // The reply may have arrived in the same moment.
            let second = try? await group.next() ?? nil
            return first ?? second
        }
    }

    private func admit(_ job: JobAssignment, isSurplus: Bool, to attempts: inout DiscardingTaskGroup) {
        var job = job
        // The simulation is told the engine that runs it, and the engine's limit counts it.
        if let name = job.runConfig.simulation.scenario, let scenario = host.scenarios[name] { job.runConfig.simulation.type = scenario.engine }
        let attempt = Attempt(job, log.attempt(job.key, batchID: job.batchID))
        let admission = monitor.with { $0.admit(attempt, isSurplus: isSurplus) }
        switch admission {
        case .run:
            attempt.log.claimed()
            attempts.addTask { await attempt.run(on: self) }
        case .leaving, .full:
            attempt.log.turnedAway(admission)
            attempts.addTask { await attempt.turnAway(on: self) }
        case .duplicate:
            attempt.log.turnedAway(admission)
        }
    }
}
