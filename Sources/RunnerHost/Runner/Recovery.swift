import Synchronization

extension RunnerService {
    /// Follows the advice of a failed call's error, and waits before the next call may be made.
    func recover(from error: any Error, _ turn: RunnerState.Turn, _ backoff: inout Backoff, atMost limit: Duration? = nil) async {
        var notBefore = Duration.zero
        // Any other error is the cancellation of this task, which ends the caller's loop.
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

    /// Waits, but not beyond the moment when the runner begins to leave: then every call is tried once more at once.
    func rest(_ duration: Duration, _ turn: RunnerState.Turn) async {
        _ = await succeeds(within: duration) { [monitor] in
            try await monitor.wait { $0.phase != turn.phase }
        }
    }
}

/// Whether the control plane responds, over all loops: an outage is logged when it begins and when it ends, not at each try.
final class Availability: Sendable {
    private let log: RunnerLog
    private let outageBegan = Mutex<ContinuousClock.Instant?>(nil)

    init(log: RunnerLog) { self.log = log }

    func answered() {
        let began = outageBegan.withLock { began in
            defer { began = nil }
            return began
        }
        if let began { log.outageEnded(after: .now - began) }
    }

    func failed(_ error: ControlPlaneError) {
        guard case .retry = error.advice else {
            answered()
            log.callFailed(error)
            return
        }
        let isNew = outageBegan.withLock { began in
            defer { began = began ?? .now }
            return began == nil
        }
        if isNew { log.outageBegan(error) }
    }
}
