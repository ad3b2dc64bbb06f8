import FoundationEssentials
import LynxModel
import Synchronization

/// The truth about batches, jobs, attempts, results and runners. Each call is one transaction: it has happened
/// on disk when it returns and has not happened at all when it throws.
final class Ledger: Sendable {
    let driver: any LedgerDriver
    let clock: any ControlPlaneClock
    let policy: LedgerPolicy
    /// Rings when there may be something to claim.
    let work = Bell()
    /// Rings when a lease ends earlier than the one being waited for.
    let leases = LeaseAlarm()
    /// Rings when a batch or one of its jobs has changed.
    let changes = Bell()
    let metrics = Metrics()
    /// Ring when there are orders for a runner.
    let runnerBells = RunnerBells()
    let plans = RunPlans()
    private let restriction: Mutex<String?>

    init(driver: any LedgerDriver, clock: any ControlPlaneClock = WallClock(), policy: LedgerPolicy = .init(), onlyBatch: String? = nil) {
        self.driver = driver
        self.clock = clock
        self.policy = policy
        restriction = Mutex(onlyBatch)
        driver.onNews { [work, runnerBells] news in
            switch news {
            case .work: work.ring()
            case .runner(let id): runnerBells.ring(id)
            case .everyRunner: runnerBells.ringAll()
            }
        }
    }

    /// The only batch whose jobs are handed out; nil for all.
    var onlyBatch: String? {
        get { restriction.withLock { $0 } }
        set {
            restriction.withLock { $0 = newValue }
            work.ring()
        }
    }

    /// Reads what also depends on the time.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (any LedgerConnection, _ now: Instant) throws -> Value
    ) async throws -> Value {
        try await driver.read { [clock] in try body($0, clock.time(of: $0)) }
    }

    /// - Parameter scope: what the transaction will change, as far as that is known beforehand.
    func transaction<Value: Sendable>(
        _ scope: WriteScope = WriteScope(), _ body: @escaping @Sendable (LedgerTransaction) throws -> Value
    ) async throws -> Value {
        let (policy, clock) = (policy, clock)
        let begin = ContinuousClock.now
        let (value, effects) = try await driver.write(scope) { connection in
            let transaction = LedgerTransaction(connection: connection, policy: policy, now: clock.time(of: connection))
            let value = try body(transaction)
            return (value, try transaction.settle())
        }
        metrics.observe((ContinuousClock.now - begin) / .seconds(1), in: .commit)
        if effects.lostAttempts > 0 { metrics.add(effects.lostAttempts, to: .lostAttempts) }
        if effects.batchChanged { changes.ring() }
        if effects.workAppeared {
            work.ring()
            driver.tell(.work)
        }
        if let end = effects.leaseEnd { leases.given(until: end) }
        for runner in effects.calledRunners {
            runnerBells.ring(runner)
            driver.tell(.runner(runner))
        }
        return value
    }
}
