import LynxModel
import Testing

@testable import ControlPlane

@Suite("Runners that keep failing")
struct QuarantineTests {
    private func claimDrains(_ test: TestLedger) async throws -> Bool {
        try await test.ledger.claim(ClaimRequest(runnerID: "r1", sessionID: "s1", slots: 1, waitSeconds: 0)).drain
    }

    @Test("Five silences in a row put a runner into quarantine, until it is resumed", arguments: TestDriver.allCases)
    func silences(driver: TestDriver) async throws {
        let test = try TestLedger(driver, policy: LedgerPolicy(maxLostAttempts: 99))
        try await test.register()
        // So many that none becomes a suspect, which would run alone.
        try await test.submit(runs: 20)
        for number in 1...5 {
            let first = try await test.claim()
            #expect(first.count == 1, "\(number)")
            // Leases that end one after the other are one silence.
            test.clock.advance(by: 1)
            try #require(try await test.claim().count == 1)
            test.clock.advance(by: 29)
            _ = try await test.ledger.expireLeases()
            test.clock.advance(by: 1)
            _ = try await test.ledger.expireLeases()
        }
        _ = try await test.heartbeat([])
        let runner = try await test.ledger.runner("r1")
        #expect(runner.status == .maintenance)
        #expect(runner.quarantine?.reason.hasPrefix("5 incidents in a row; the last: it fell silent") == true)
        #expect(try await claimDrains(test))
        #expect(try await test.heartbeat([]).drain)

        let resumed = try await test.ledger.setDrained(false, runnerID: "r1")
        #expect(resumed.status == .idle)
        #expect(resumed.quarantine == nil)
        #expect(try await test.claim().count == 1)
    }

    @Test("An attempt that ended as attempts do wipes the slate clean", arguments: TestDriver.allCases)
    func normalEnd(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        try await test.submit(runs: 20)
        for outcome in [AttemptOutcome.success, .breach, .timeout, .failure] {
            for _ in 0..<4 {
                let job = try await test.claim()[0]
                try await test.report(job, .failure, message: "no interpreter", started: false)
            }
            try await test.report(try await test.claim()[0], outcome)
        }
        #expect(try await test.ledger.runner("r1").quarantine == nil)
    }

    @Test("A runner that can't start anything, or is restarted again and again, is quarantined", arguments: TestDriver.allCases)
    func restartsAndStarts(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        try await test.submit(runs: 20)
        for session in ["a", "b", "c"] {
            try await test.register(session: session)
            _ = try await test.claim(session: session)
        }
        try await test.register()
        for _ in 0..<2 { try await test.report(try await test.claim()[0], .failure, message: "no interpreter", started: false) }
        let reason = try await test.ledger.runner("r1").quarantine?.reason
        #expect(reason == "5 incidents in a row; the last: an attempt could not be started: no interpreter")
        // It stays so when it comes back.
        try await test.register()
        #expect(try await claimDrains(test))
    }

    @Test("A batch that nobody can start is not blamed on the runner, one that others can is", arguments: TestDriver.allCases)
    func badBatch(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        try await test.submit(runs: 20)
        for _ in 0..<9 { try await test.report(try await test.claim()[0], .failure, retryable: false, started: false) }
        #expect(try await test.ledger.runner("r1").quarantine == nil)
        try await test.register("r2")
        try await test.report(try await test.claim("r2")[0], .success, runner: "r2")
        for _ in 0..<5 { try await test.report(try await test.claim()[0], .failure, retryable: false, started: false) }
        #expect(try await test.ledger.runner("r1").quarantine != nil)
    }
}
