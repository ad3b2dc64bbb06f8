import LynxModel

extension RunnerService {
    /// Renews the leases of what runs here or awaits delivery, and obeys the answers. A control plane that can holds
    /// each call until it has orders, so that they arrive at once; another is asked at intervals.
    func heartbeatLoop() async {
        var backoff = options.backoff
        var idle = Backoff(base: options.backoff.base, cap: min(options.backoff.cap, .seconds(1)))
        while let beat = try? await monitor.take({ $0.heartbeat() }) {
            do {
                let told = await engines.latest()
                let began = ContinuousClock.now
                var remaining = beat.attempts[...]
                var isNews = false
                repeat {
                    let part = Array(remaining.prefix(Self.attemptsPerCall))
                    remaining = remaining.dropFirst(Self.attemptsPerCall)
                    let answer = try await send(request(part, beat, told, isLast: remaining.isEmpty), beat)
                    if await obey(answer) { isNews = true }
                } while !remaining.isEmpty
                availability.answered()
                backoff.reset()
                if monitor.read({ $0.troubleChanges }) != beat.troubleChanges { continue }
                if !beat.isHeld {
                    await rest(beat.interval, beat.turn)
                } else if isNews || .now - began >= beat.interval / 2 {
                    idle.reset()
                } else {
                    // Answered early for nothing that can be done here yet, such as an attempt that is still on its way.
                    await rest(min(idle.next(), beat.interval), beat.turn)
                }
            } catch {
                // A lease may be about to lapse: never slower than the heart beats anyway.
                await recover(from: error, beat.turn, &backoff, atMost: beat.interval)
            }
        }
    }

    private func request(
        _ attempts: [AttemptKey], _ beat: RunnerState.Heartbeat, _ engines: [RunnerEngine], isLast: Bool
    ) -> HeartbeatRequest {
        var request = HeartbeatRequest(runnerID: identity.runnerID, sessionID: identity.sessionID, attempts: attempts)
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

    /// One that is held is not waited for when there is something new to tell: the next one tells it.
    private func send(_ request: HeartbeatRequest, _ beat: RunnerState.Heartbeat) async throws -> HeartbeatResponse {
        guard request.waitSeconds != nil else { return try await client.heartbeat(request) }
        return try await withThrowingTaskGroup(of: HeartbeatResponse?.self) { [client, monitor] group in
            group.addTask { try await client.heartbeat(request) }
            group.addTask {
                try await monitor.wait { $0.troubleChanges != beat.troubleChanges }
                return nil
            }
            let first = try await group.next() ?? nil
            group.cancelAll()
            let second = try? await group.next() ?? nil
            return first ?? second ?? HeartbeatResponse(drain: beat.isPaused)
        }
    }

    /// After a long outage the spool may hold more than a control plane reads in one body.
    private static let attemptsPerCall = 2000

    /// Whether there was something to obey that was not being done already.
    private func obey(_ answer: HeartbeatResponse) async -> Bool {
        var isNews = false
        for key in answer.cancel where monitor.with({ $0.stopReason(key) == nil }) {
            if stop(key, as: .cancelled) { isNews = true }
        }
        for key in answer.cancel where monitor.with({ $0.cancelDelivery(key) }) {
            log.attempt(key).stopRequested(.cancelled)
            isNews = true
        }
        for key in answer.stale {
            if monitor.with({ $0.undelivered.contains(key) }) {
                log.attempt(key).forgotten()
                await forget(key)
                isNews = true
            }
            if monitor.with({ $0.stopReason(key) != .stale }), stop(key, as: .stale) { isNews = true }
        }
        if monitor.with({ $0.pause(answer.drain) }) {
            log.paused(answer.drain)
            isNews = true
        }
        return isNews
    }
}
