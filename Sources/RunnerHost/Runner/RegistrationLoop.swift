import LynxModel

extension RunnerService {
    /// Registers at the start, and again whenever the control plane no longer knows this runner.
    func registrationLoop() async {
        var backoff = options.backoff
        while let turn = try? await monitor.take({ $0.registrationTurn() }) {
            do {
                let troubles = monitor.with { $0.troubles }
                let request = RegisterRequest(
                    runnerID: identity.runnerID, sessionID: identity.sessionID, name: identity.name, version: identity.version,
                    capabilities: capabilities, engines: await engines.latest().map { engine in
                        var engine = engine
                        engine.trouble = troubles[engine.id]
                        return engine
                    }, machine: identity.machine, offer: await host.scenarios.offer())
                let answer = try await client.register(request)
                availability.answered()
                backoff.reset()
                log.registered(server: client.url, answer)
                let kept = monitor.with { state in
                    state.registered(answer)
                    return state.session?.takesRetractions == false ? state.retractions.count : 0
                }
                if kept > 0 { log.retractionsKept(kept) }
            } catch let error as ControlPlaneError where Self.isFinal(error, first: turn.registration == 0) {
                log.registrationFailed(error)
                monitor.with { $0.registrationFailed(error) }
                // Another process has registered as this runner: the jobs running here are queued again already.
                if error.status == 409 { stopNow() }
            } catch {
                await recover(from: error, turn, &backoff)
            }
        }
    }

    /// Whether registering again cannot help. A runner that has been registered knows that its URL is right: a 404 or a
    /// redirect is then a response from a proxy whose control plane is being replaced.
    private static func isFinal(_ error: ControlPlaneError, first: Bool) -> Bool {
        switch error.advice {
        // A revocation ends more than the registration.
        case .retry, .revoked: false
        case .stale, .refused, .incomplete: true
        case .registerAgain, .misconfigured: first || error.status == 401 || error.status == 403
        }
    }
}
