import FoundationEssentials
import Hummingbird
import HummingbirdTesting
import LynxModel
import NIOCore
import TestSupport
import Testing

@testable import ControlPlane

@Suite("Retention", .serialized)
struct CollectionTests {
    private static let day = 86_400.0

    private func plane(_ driver: TestDriver = .sqlite, days: Double? = nil) throws -> TestControlPlane {
        try TestControlPlane(driver) { ArtifactConfiguration(databasePath: $0, retainDays: days) }
    }

    private func collect(_ client: any TestClientProtocol, dryRun: Bool = false) async throws -> CollectionReport {
        try await client.post("/gc?dry_run=\(dryRun)")
    }

    @Test("Files and series of batches that ended long enough ago go, results stay, and a dry run says so first", arguments: TestDriver.allCases)
    func expires(driver: TestDriver) async throws {
        let plane = try plane(driver)
        try await plane.test { client in
            let series = ["h": TelemetrySeries(units: "m", count: 2, first: 1, last: 2, min: 1, max: 2, timeS: [0, 1], values: [1, 2])]
            let old = try await client.batch(storage: TelemetryStorageSpec(retainDays: 2))
            try await client.upload(old.jobs[0], [("own", "only here"), ("shared", "shared")], logs: [("stdout.log", "hello")])
            try await client.report(old.jobs[0], telemetry: series)
            let kept = try await client.batch()
            try await client.upload(kept.jobs[0], [("shared", "shared")])
            try await client.report(kept.jobs[0])

            plane.clock.advance(by: 1.9 * Self.day)
            let early = try await collect(client)
            #expect(early.batches == [])
            plane.clock.advance(by: 0.2 * Self.day)
            let preview = try await collect(client, dryRun: true)
            #expect(preview.batches.map(\.batchID) == [old.batchID])
            #expect((preview.blobs, preview.blobBytes) == (2, 14))
            #expect(preview.telemetryBytes > 0)
            let list: ArtifactList = try await client.get("/jobs/\(old.jobs[0].jobID)/artifacts")
            #expect(list.artifacts.count == 3)

            let report = try await collect(client)
            #expect((report.blobs, report.blobBytes, report.telemetryBytes) == (2, 14, preview.telemetryBytes))
            let gone: ArtifactList = try await client.get("/jobs/\(old.jobs[0].jobID)/artifacts")
            #expect(gone.artifacts == [])
            let result: JobResult = try await client.get("/jobs/\(old.jobs[0].jobID)/results")
            #expect(result.telemetryData["h"]?.max == 2)
            #expect(result.telemetryData["h"]?.values == [])
            let file = try await client.call(.get, "/jobs/\(kept.jobs[0].jobID)/artifacts/shared")
            #expect(String(buffer: file.body) == "shared")
            let again = try await collect(client)
            #expect(again.batches == [] && again.blobs == 0)
        }
        let root = "artifacts/blobs/default"
        let left = try plane.directory.names(root).flatMap { try plane.directory.names("\(root)/\($0)") }
        #expect(left.count == 1)
    }

    @Test("Batches that don't say are kept as long as the control plane says, and those that run for ever", arguments: TestDriver.allCases)
    func defaults(driver: TestDriver) async throws {
        let plane = try plane(driver, days: 1)
        try await plane.test { client in
            let (ended, running) = (try await client.batch(), try await client.batch())
            try await client.upload(ended.jobs[0], [("x", "ended")])
            try await client.upload(running.jobs[0], [("x", "running")])
            try await client.report(ended.jobs[0])
            plane.clock.advance(by: 30 * Self.day)
            let report = try await collect(client)
            #expect(report.batches.map(\.batchID) == [ended.batchID])
            #expect(report.blobBytes == 5)
            let file = try await client.call(.get, "/jobs/\(running.jobs[0].jobID)/artifacts/x")
            #expect(String(buffer: file.body) == "running")
        }
    }

    @Test("Collections beside uploads of the same contents take nothing that a running batch needs", arguments: TestDriver.allCases)
    func concurrent(driver: TestDriver) async throws {
        let plane = try plane(driver, days: 1)
        try await plane.test { client in
            let contents = (0..<40).map { "content-\($0)" }
            let old = try await client.batch()
            try await client.upload(old.jobs[0], contents.map { ($0, $0) })
            try await client.report(old.jobs[0])
            plane.clock.advance(by: 2 * Self.day)
            let jobs = try await client.batch(runs: 40).jobs
            @Sendable func mine(_ index: Int) -> [String] { (0..<3).map { contents[(index + $0 * 7) % 40] } }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (index, job) in jobs.enumerated() {
                    // Whatever a collection took before the announcement is asked for; whatever was there then stays.
                    group.addTask { try await client.upload(job, mine(index).map { ($0, $0) }) }
                }
                for _ in 0..<5 { group.addTask { _ = try await collect(client) } }
                try await group.waitForAll()
            }
            _ = try await collect(client)
            for (index, job) in jobs.enumerated() {
                for content in mine(index) {
                    let file = try await client.call(.get, "/jobs/\(job.jobID)/artifacts/\(content)")
                    #expect(String(buffer: file.body) == content)
                }
            }
        }
        let (counted, kept) = try await plane.controlPlane.ledger.driver.read { connection in
            (
                try connection.row(SQL.storedBytes, [.text(Tenant.standard)])?.int("bytes"),
                try connection.rows("SELECT size FROM blobs", []).reduce(0) { $0 + (try $1.int("size")) }
            )
        }
        #expect(counted == kept)
    }

    @Test("Uploads given up, and files nobody knows, go after a day")
    func stale() async throws {
        // The files' times are the system's.
        let clock = ManualClock(now: Date())
        let plane = try TestControlPlane(clock: clock) { ArtifactConfiguration(databasePath: $0) }
        try await plane.test { client in
            let job = try await client.batch().jobs[0]
            _ = try await client.announce(job, [.sample("x", "whole")])
            _ = try await client.put(job, "whole".sha256, "who")
            let orphan = "lost".sha256
            try plane.directory.write("artifacts/blobs/default/\(orphan.prefix(2))/\(orphan).abc", "lost")
            let early = try await collect(client)
            #expect(early.stale == 0)
            clock.advance(by: 2 * Self.day)
            let report = try await collect(client)
            #expect((report.stale, report.staleBytes) == (2, 7))
        }
        #expect(try plane.directory.names("artifacts/uploads/default") == [])
    }
}
