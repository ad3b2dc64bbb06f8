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
        #expect(try await expired(days: 1) == [])
        #expect(try await test.ledger.removeUnreferencedBlobs(of: "another", limit: 10).isEmpty)
    }
}
