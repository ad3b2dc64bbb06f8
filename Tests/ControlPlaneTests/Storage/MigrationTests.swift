import LynxModel
import Testing

@testable import ControlPlane

@Suite("Versions of the ledger's schema")
struct MigrationTests {
    /// All there is to be read of a batch.
    private struct View: Hashable {
        var overview: BatchOverview
        var jobs: [Job]
        var results: [JobResult]
    }

    private func view(_ ledger: Ledger, _ batches: [String]) async throws -> [View] {
        var views: [View] = []
        for batch in batches {
            let results = try await ledger.results(batchID: batch, detail: .full, limit: 100, after: -1)
            views.append(
                View(
                    overview: try await ledger.overview(batchID: batch), jobs: try await ledger.jobs(batchID: batch, limit: 100).items,
                    results: try results.documents.map { try WireJSON.decode(JobResult.self, from: $0) }))
        }
        return views
    }

    @Test("The way back to the first version and up again loses nothing that the first can hold", arguments: TestDriver.allCases)
    func bothWays(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        let running = try await test.submit(runs: 6, maxRetries: 1)
        let jobs = try await test.claim(slots: 3)
        try await test.report(jobs[0], .failure)
        try await test.report(jobs[1], .success)
        try await test.start(jobs[2])
        _ = try await test.ledger.cancelJob("\(running)-4")
        let cancelled = try await test.submit(runs: 5)
        test.clock.advance(by: 1)
        _ = try await test.ledger.cancelBatch(cancelled)
        let batches = [running, cancelled]
        let before = try await view(test.ledger, batches)
        try test.ledger.driver.close()

        let name = test.database.name
        for _ in 0..<2 {
            #expect(try LedgerDatabase.version(name) == Schema.currentVersion)
            #expect(try LedgerDatabase.migrate(name, to: 1) == Schema.currentVersion)
            #expect(try LedgerDatabase.version(name) == 1)
            #expect(try LedgerDatabase.migrate(name, to: Schema.currentVersion) == 1)
        }
        let after = try TestLedger(on: test.database, clock: test.clock)
        #expect(try await view(after.ledger, batches) == before)
        #expect(try await after.disagreements().isEmpty)
        // And work goes on.
        try await after.report(jobs[2], .success)
        for job in try await after.claim(slots: 9) { try await after.report(job, .success) }
        #expect(try await after.ledger.overview(batchID: running).jobsByStatus == ["Completed": 5, "Cancelled": 1])
    }

    @Test("Every step back undoes its step up", arguments: TestDriver.allCases)
    func stepByStep(driver: TestDriver) throws {
        let database = try TestDatabase(driver)
        #expect(try LedgerDatabase.version(database.name) == nil)
        #expect(try LedgerDatabase.migrate(database.name, to: 1) == 0)
        for version in 1..<Schema.currentVersion {
            for _ in 0..<2 {
                #expect(try LedgerDatabase.migrate(database.name, to: version + 1) == version)
                #expect(try LedgerDatabase.migrate(database.name, to: version) == version + 1)
            }
            #expect(try LedgerDatabase.migrate(database.name, to: version + 1) == version)
        }
        try LedgerDatabase.open(database.name).close()
    }

    @Test("A ledger in use is not migrated", arguments: TestDriver.allCases)
    func inUse(driver: TestDriver) throws {
        let test = try TestLedger(driver)
        let shown = try LedgerDatabase.displayName(test.database.name)
        #expect(throws: StorageError.inUse(path: shown)) { try LedgerDatabase.migrate(test.database.name, to: 1) }
        #expect(try LedgerDatabase.version(test.database.name) == Schema.currentVersion)
        try test.ledger.driver.close()
    }
}
