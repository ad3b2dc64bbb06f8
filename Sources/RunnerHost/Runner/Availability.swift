import Synchronization

/// Whether the control plane answers, over all loops: an outage is logged when it begins and when it ends, not at each
/// try.
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
