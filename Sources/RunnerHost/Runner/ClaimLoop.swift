import LynxModel

extension RunnerService {
    /// Claims jobs whenever slots are free and runs each as a child. Returns when the runner leaves and the last attempt
    /// has ended.
    func claimLoop() async {
        await withDiscardingTaskGroup { attempts in
            var backoff = options.backoff
            // A control plane that answers without waiting is not asked all the time.
            var idle = Backoff(base: options.backoff.base, cap: min(options.backoff.cap, .seconds(1)))
            while case .claim(let slots, let typeSlots, let turn)? = try? await monitor.take({ $0.claimTurn() }) {
                do {
                    let began = ContinuousClock.now
                    let wait = options.wait(ofClaimFor: typeSlots)
                    guard let answer = try await claim(slots, typeSlots, wait) else { continue }
                    availability.answered()
                    backoff.reset()
                    if answer.drain, monitor.with({ $0.pause(true) }) { log.paused(true) }
                    for job in answer.jobs { admit(job, to: &attempts) }
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

    /// One claim, abandoned (nil) when only its answer keeps the runner from leaving.
    ///
    /// While attempts are running it is waited for even though no job will be taken: a job that it brings is reported
    /// as lost at once, where an abandoned one would lie until its lease runs out. Signing off right after an abandoned
    /// claim ends what that claim may have been given.
    private func claim(_ slots: Int, _ typeSlots: [String: Int]?, _ wait: Duration) async throws -> ClaimResponse? {
        let request = ClaimRequest(
            runnerID: identity.runnerID, sessionID: identity.sessionID, slots: slots,
            waitSeconds: wait / .seconds(1),
            held: monitor.with { $0.runningAttempts.union($0.undelivered) }.sorted { ($0.jobID, $0.attempt) < ($1.jobID, $1.attempt) },
            typeSlots: typeSlots)
        return try await withThrowingTaskGroup(of: ClaimResponse?.self) { [client, monitor] group in
            group.addTask { try await client.claim(request) }
            group.addTask {
                try await monitor.wait { $0.isClaimPointless }
                return nil
            }
            let first = try await group.next() ?? nil
            group.cancelAll()
            // The answer may have come in the same moment.
            let second = try? await group.next() ?? nil
            return first ?? second
        }
    }

    private func admit(_ job: JobAssignment, to attempts: inout DiscardingTaskGroup) {
        let log = log.attempt(job.key, batchID: job.batchID)
        let admission = monitor.with { $0.admit(job.key, type: job.runConfig.simulation.type) }
        switch admission {
        case .run:
            log.claimed()
            attempts.addTask { await self.runAttempt(job, log) }
        case .leaving, .full:
            log.turnedAway(admission)
            let report = AttemptReport.neverRan(
                job, runnerID: identity.runnerID, outcome: .lost, message: "the runner had no room for the job any more")
            attempts.addTask { await self.keep(report, log) }
        case .duplicate:
            log.turnedAway(admission)
        }
    }
}
