import FoundationEssentials
import Logging
import ServiceLifecycle

/// Takes back jobs whose leases have ended: asleep until the next one does.
struct LeaseSweeper: Service {
    let ledger: Ledger
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await ledger.leases.wait(clock: ledger.clock) {
                        try await ledger.expireLeases { lost in logger.leasesEnded(lost) }
                    }
                } catch is CancellationError {
                    return
                } catch {
                    // A full disk may have room again later; until then nothing can be taken back.
                    logger.leasesNotChecked(error)
                    try? await ledger.clock.sleep(until: ledger.clock.now().addingTimeInterval(5))
                }
            }
        }
    }
}
