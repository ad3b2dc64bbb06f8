import LynxModel

extension RunnerService {
    /// Renews the leases of running attempts and undelivered results, and follows the orders in the replies. A control plane
    /// that supports it holds each call until it has orders, so that they arrive at once; others are polled.
    func heartbeatLoop() async {
        var backoff = options.backoff
        var idle = Backoff(base: options.backoff.base, cap: min(options.backoff.cap, .seconds(1)))
        while let beat = try? await monitor.take({ $0.heartbeat() }) {
            do {
                let reports = await engines.latest()
                let offer = await host.scenarios.offer()
                let began = ContinuousClock.now
                var remaining = beat.attempts[...]
                var isNews = false
                repeat {
                    let part = Array(remaining.prefix(Self.attemptsPerCall))
                    remaining = remaining.dropFirst(Self.attemptsPerCall)
                    let answer = try await send(request(part, beat, reports, offer, isLast: remaining.isEmpty), beat)
                    if await follow(answer) { isNews = true }
                } while !remaining.isEmpty
                availability.answered()
                backoff.reset()
                if monitor.read({ $0.isNewer(than: beat) }) { continue }
                if !beat.isHeld {
                    await rest(beat.interval, beat.turn)
                } else if isNews || .now - began >= beat.interval / 2 {
                    idle.reset()
                } else {
                    // The reply came early with orders that cannot be followed yet, such as for an attempt that is still
                    // arriving.
                    await rest(min(idle.next(), beat.interval), beat.turn)
                }
            } catch {
                // A lease may be about to expire, so retries are never slower than regular heartbeats.
                await recover(from: error, beat.turn, &backoff, atMost: beat.interval)
            }
        }
    }

    private func request(
        _ attempts: [AttemptKey], _ beat: RunnerState.Heartbeat, _ engines: [RunnerEngine], _ offer: RunnerOffer,
        isLast: Bool
    ) -> HeartbeatRequest {
        var request = HeartbeatRequest(runnerID: identity.runnerID, sessionID: identity.sessionID, attempts: attempts)
        if isLast, offer != RunnerOffer() || beat.offerChanges > 0 { request.offer = offer }
        if isLast, beat.troubleChanges > 0 || engines.contains(where: { $0.warmWorkers != nil }) {
            request.engines = engines.map { engine in
                var engine = engine
                engine.trouble = beat.troubles[engine.id]
                return engine
            }
        }
        if beat.isHeld, isLast {
            request.waitSeconds = beat.interval / .seconds(1)
            request.cancelling = beat.ending
            request.drained = beat.isPaused
        }
        return request
    }

    /// Sends a heartbeat. One that the control plane holds is abandoned when there is news, which the next one carries.
    private func send(_ request: HeartbeatRequest, _ beat: RunnerState.Heartbeat) async throws -> HeartbeatResponse {
        guard request.waitSeconds != nil else { return try await client.heartbeat(request) }
        return try await withThrowingTaskGroup(of: HeartbeatResponse?.self) { [client, monitor] group in
            group.addTask { try await client.heartbeat(request) }
            group.addTask {
                try await monitor.wait { $0.isNewer(than: beat) }
                return nil
            }
            let first = try await group.next() ?? nil
            group.cancelAll()
            let second = try? await group.next() ?? nil
            return first ?? second ?? HeartbeatResponse(drain: beat.isPaused)
        }
    }

    /// After a long outage the spool may hold more attempts than a control plane accepts in one body.
    private static let attemptsPerCall = 2000

    /// Follows the orders; returns whether any of them was new.
    private func follow(_ answer: HeartbeatResponse) async -> Bool {
        var isNews = false
        for key in answer.cancel {
            if attempt(key)?.stop(.cancelled) == true { isNews = true }
            guard monitor.with({ $0.outbox.cancel(key) }) else { continue }
            log.attempt(key).stopRequested("cancelled")
            isNews = true
        }
        for key in answer.stale {
            // A report that is being sent may be what made the attempt stale; its own answer says what became of it.
            if monitor.with({ $0.outbox.isWaiting(key) }) {
                log.attempt(key).forgotten()
                await forget(key)
                isNews = true
            }
            if attempt(key)?.stop(.stale) == true { isNews = true }
        }
        if monitor.with({ $0.pause(answer.drain) }) {
            log.paused(answer.drain)
            isNews = true
        }
        return isNews
    }
}
