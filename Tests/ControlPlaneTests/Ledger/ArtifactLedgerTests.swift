import LynxModel
import Testing

@testable import ControlPlane

@Suite("Files in the ledger")
struct ArtifactLedgerTests {
    private static let day = 86_400.0

    private func manifest(_ job: JobAssignment, _ contents: [String]) -> ArtifactManifest {
        ArtifactManifest(runnerID: "r1", attempt: job.attempt, files: contents.map { .sample("out/\($0)", $0) })
    }

    private func store(_ content: String, of job: JobAssignment, in test: TestLedger, quota: Int64? = nil) async throws -> Bool {
        let awaited = try await test.ledger.awaitedContent(jobID: job.jobID, attempt: job.attempt, runnerID: "r1", sha256: content.sha256)
        return try await test.ledger.stored(
            awaited, attempt: job.attempt, runnerID: "r1", sha256: content.sha256,
            blob: Blob(tenant: awaited.tenant, name: Blob.name(sha256: content.sha256)), quotaBytes: quota)
    }

    @Test("A content is asked for until it is there, and then once for all", arguments: TestDriver.allCases)
    func announced(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        try await test.submit(runs: 2)
        let jobs = try await test.claim(slots: 2)
        for _ in 0..<2 {
            let missing = try await test.ledger.announce(manifest(jobs[0], ["a", "bb"]), jobID: jobs[0].jobID, quotaBytes: 100).missing
            #expect(missing.map(\.size).sorted() == [1, 2])
        }
        #expect(try await store("a", of: jobs[0], in: test, quota: 100))
        #expect(try await !store("a", of: jobs[0], in: test))
        let other = try await test.ledger.announce(manifest(jobs[1], ["a", "bb"]), jobID: jobs[1].jobID, quotaBytes: 3)
        #expect(other.missing.map(\.size) == [2])
        let files = try await test.ledger.artifacts(jobID: jobs[1].jobID, attempt: nil)
        #expect(files.map(\.artifact.path) == ["out/a", "out/bb"])
        #expect(files.map(\.artifact.available) == [true, false])
        await #expect(throws: LedgerError.overQuota(used: 1, adding: 2, quota: 2)) { try await store("bb", of: jobs[1], in: test, quota: 2) }
        #expect(try await countedBytes(test) == 1)
        #expect(try await store("bb", of: jobs[1], in: test, quota: 3))
        #expect(try await countedBytes(test) == 3)
    }

    /// What the quota goes by; it must be what the rows have together.
    private func countedBytes(_ test: TestLedger) async throws -> Int64 {
        let (counted, kept) = try await test.ledger.driver.read { connection in
            (
                try connection.row(SQL.storedBytes, [.text(Tenant.standard)])?.int("bytes") ?? 0,
                try connection.rows("SELECT size FROM blobs", []).reduce(0) { $0 + (try $1.int("size")) }
            )
        }
        #expect(counted == kept)
        return Int64(counted)
    }

    @Test("A ledger from before bytes were counted has them counted when it is brought up to date", arguments: TestDriver.allCases)
    func migrated(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        try await test.submit(runs: 1)
        let job = try await test.claim()[0]
        _ = try await test.ledger.announce(manifest(job, ["a", "bb"]), jobID: job.jobID, quotaBytes: nil)
        for content in ["a", "bb"] { #expect(try await store(content, of: job, in: test)) }
        try test.ledger.driver.close()
        #expect(try LedgerDatabase.migrate(test.database.name, to: 7) == Schema.currentVersion)
        #expect(try await countedBytes(TestLedger(on: test.database)) == 3)
    }

    @Test("The files of a batch are listed part by part, of each job its latest attempt's", arguments: TestDriver.allCases)
    func listed(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        let batch = try await test.submit(runs: 12, maxRetries: 1)
        try await test.submit(runs: 1)
        let jobs = try await test.claim(slots: 13)
        for job in jobs {
            let log = ArtifactManifest.File.sample("stdout.log", "log", kind: .log)
            let manifest = ArtifactManifest(runnerID: "r1", attempt: 1, files: [.sample("é/a b", "x"), .sample("b", "y"), log])
            _ = try await test.ledger.announce(manifest, jobID: job.jobID, quotaBytes: nil)
        }
        try await test.report(try #require(jobs.first { $0.jobID == "\(batch)-10" }), .failure)
        let again = try #require(try await test.claim().first)
        #expect(again.attempt == 2)
        _ = try await test.ledger.announce(manifest(again, ["new"]), jobID: again.jobID, quotaBytes: nil)
        let wanted = (0..<12).flatMap { run in
            (run == 10 ? ["out/new"] : ["stdout.log", "b", "é/a b"]).map { "\(batch)-\(run) \(run == 10 ? 2 : 1) \($0)" }
        }
        for limit in [1, 7, 33, 34, 35] {
            var found: [String] = []
            var cursor: ArtifactCursor?
            repeat {
                let page = try await test.ledger.artifacts(batchID: batch, limit: limit, after: cursor)
                #expect(page.items.count <= limit)
                found += page.items.map { "\($0.jobID) \($0.artifact.attempt) \($0.artifact.path)" }
                cursor = page.next.flatMap { ArtifactCursor(text: $0) }
                #expect((cursor == nil) == (page.next == nil))
            } while cursor != nil
            #expect(found == wanted, "\(limit)")
        }
        await #expect(throws: LedgerError.noSuchBatch("x")) { try await test.ledger.artifacts(batchID: "x", limit: 1) }
    }

    @Test("What a batch kept goes when its time is over, unless another needs it", arguments: TestDriver.allCases)
    func expired(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        var ids: [String] = []
        for contents in [["own", "shared"], ["shared"]] {
            ids.append(try await test.submit(runs: 1))
            let job = try await test.claim()[0]
            for content in try await test.ledger.announce(manifest(job, contents), jobID: job.jobID, quotaBytes: nil).missing {
                #expect(try await store(content.sha256 == "own".sha256 ? "own" : "shared", of: job, in: test))
            }
            if contents.count == 2 { try await test.report(job, .success) }
        }
        func expired(days: Double?) async throws -> [String] {
            try await test.ledger.expiredBatches(of: Tenant.standard, defaultDays: days, after: "", limit: 10).map(\.batchID)
        }
        test.clock.advance(by: 2 * Self.day)
        #expect(try await expired(days: nil) == [])
        #expect(try await expired(days: 3) == [])
        #expect(try await expired(days: 1) == [ids[0]])
        #expect(try await test.ledger.blobsOnly(in: [ids[0]]).map(\.size) == [3])
        let files = try await test.ledger.files(ofBatch: ids[0])
        try await test.ledger.forgetFiles(files, ofBatch: ids[0], defaultDays: 1, isComplete: true)
        let removed = try await test.ledger.removeUnreferencedBlobs(of: Tenant.standard, limit: 10)
        #expect(removed.map(\.sha256) == ["own".sha256])
        #expect(try await test.ledger.knows(object: removed[0].blob.name, tenant: Tenant.standard) == false)
        #expect(try await countedBytes(test) == 6)
        #expect(try await expired(days: 1) == [])
        #expect(try await test.ledger.removeUnreferencedBlobs(of: "another", limit: 10).isEmpty)
    }
}
