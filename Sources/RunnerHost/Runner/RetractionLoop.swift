import LynxModel

extension RunnerService {
    /// Retracts all results of this runner that depend on `basis`. When this returns, the retraction survives a crash unless
    /// the disk is full. Any thread; blocks on the disk.
    package func retract(basis: String, reason: String) {
        let retraction = Retraction(runnerID: identity.runnerID, basis: basis, reason: reason)
        guard !monitor.with({ $0.retractions.knows(basis) }) else { return }
        do {
            try spool.store(retraction)
            log.retracting(retraction)
        } catch {
            log.retractionNotSpooled(retraction, error)
        }
        let isTaken = monitor.with { state in
            state.retractions.add(retraction)
            return state.session?.takesRetractions ?? true
        }
        if !isTaken { log.retractionsKept(1) }
    }

    /// Delivers engines' retractions one after another. They do not depend on other calls: the control plane remembers them.
    func retractionLoop() async {
        var backoff = options.backoff
        while let (retraction, turn) = try? await monitor.take({ $0.nextRetraction() }) {
            do {
                try await client.retract(retraction)
                availability.answered()
                backoff.reset()
                log.retracted(retraction)
                do {
                    try await blocking { [spool] in try spool.remove(retraction) }
                } catch {
                    log.retractionNotRemoved(error)
                }
                monitor.with { $0.retractions.settled(retraction) }
            } catch let error as ControlPlaneError {
                let isBlocked = if case .retry = error.advice { false } else { true }
                if isBlocked { log.retractionRefused(retraction, error) }
                monitor.with { state in
                    // A reply from before the registration may no longer hold.
                    let isLasting = isBlocked && state.turn.registration == turn.registration
                    state.retractions.failed(retraction, isAnswered: error.status != nil, isBlocked: isLasting)
                }
                await recover(from: error, turn, &backoff)
            } catch {
                monitor.with { $0.retractions.failed(retraction, isAnswered: false, isBlocked: false) }
            }
        }
    }

    func adoptRetractions() async throws {
        let (found, corrupt) = try await blocking { try self.spool.retractions() }
        for file in corrupt { log.setAside(corrupt: file) }
        monitor.with { state in
            for retraction in found { state.retractions.add(retraction) }
        }
    }
}
