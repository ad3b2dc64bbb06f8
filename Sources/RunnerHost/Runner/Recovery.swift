extension RunnerService {
    /// Does what the error of a failed call advises, and waits as long as it is right to wait before another one.
    func recover(from error: any Error, _ turn: RunnerState.Turn, _ backoff: inout Backoff, atMost limit: Duration? = nil) async {
        var notBefore = Duration.zero
        // Anything else is the cancellation of this task, which ends the caller's loop.
        if let error = error as? ControlPlaneError {
            availability.failed(error)
            switch error.advice {
            case .retry(let time): notBefore = time ?? .zero
            case .registerAgain: monitor.with { $0.sessionLost(turn) }
            case .revoked: revoked(error)
            case .stale, .misconfigured, .refused, .incomplete: break
            }
        }
        let wait = max(backoff.next(), notBefore)
        await rest(min(wait, limit ?? wait), turn)
    }

    /// Waits, but not past the moment when the runner begins to leave: then everything is tried once more at once.
    func rest(_ duration: Duration, _ turn: RunnerState.Turn) async {
        _ = await succeeds(within: duration) { [monitor] in
            try await monitor.wait { $0.phase != turn.phase }
        }
    }
}
