import LynxModel

extension RunnerService {
    /// Renews the leases of what runs here or awaits delivery, and obeys the answers.
    func heartbeatLoop() async {
        var backoff = options.backoff
        while let beat = try? await monitor.take({ $0.heartbeat() }) {
            do {
                var remaining = beat.attempts[...]
                repeat {
                    let request = HeartbeatRequest(
                        runnerID: identity.runnerID, sessionID: identity.sessionID,
                        attempts: Array(remaining.prefix(Self.attemptsPerCall)))
                    obey(try await client.heartbeat(request))
                    remaining = remaining.dropFirst(Self.attemptsPerCall)
                } while !remaining.isEmpty
                availability.answered()
                backoff.reset()
                await rest(beat.interval, beat.turn)
            } catch {
                // A lease may be about to lapse: never slower than the heart beats anyway.
                await recover(from: error, beat.turn, &backoff, atMost: beat.interval)
            }
        }
    }

    /// After a long outage the spool may hold more than a control plane reads in one body.
    private static let attemptsPerCall = 2000

    private func obey(_ answer: HeartbeatResponse) {
        for key in answer.cancel { stop(key, as: .cancelled) }
        for key in answer.stale {
            if monitor.with({ $0.undelivered.contains(key) }) {
                log.attempt(key).forgotten()
                forget(key)
            }
            stop(key, as: .stale)
        }
        if monitor.with({ $0.pause(answer.drain) }) { log.paused(answer.drain) }
    }
}
