import Foundation
import GRDB
import Hummingbird
import HummingbirdTesting
import LynxModel
import TestSupport
import Testing

@testable import ControlPlane

@Suite("A ledger without room")
struct StorageRoomTests {
    /// SQLite's own limit on the size of a file: past it, every write meets the error of a full disk.
    private func limit(_ path: String, pages: Int?, _ pool: DatabasePool) throws {
        try pool.writeWithoutTransaction { database in
            let now = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
            try database.execute(sql: "PRAGMA max_page_count = \(pages.map { now + $0 } ?? 1_000_000)")
        }
    }

    @Test("A write that meets a full disk changes nothing, takes nobody of its group along wrongly, and works when there is room")
    func groups() async throws {
        let directory = try TemporaryDirectory()
        let pool = try DatabasePool(path: directory.file("x.sqlite"))
        try await pool.write { try $0.execute(sql: "CREATE TABLE t (name TEXT, content BLOB)") }
        let commits = GroupCommit(pool: pool)
        try limit(directory.file("x.sqlite"), pages: 20, pool)
        // Far more than one group, of which most have no room.
        let outcomes = await withTaskGroup(of: (Int, Bool).self) { group in
            for index in 0..<200 {
                group.addTask {
                    let size = index % 3 == 0 ? 1 << 20 : 10
                    do {
                        try await commits.write { database in
                            try database.execute(sql: "INSERT INTO t VALUES (?, zeroblob(?))", arguments: ["\(index)", size])
                        }
                        return (index, true)
                    } catch {
                        return (index, false)
                    }
                }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        let kept = try await pool.read { try Set(String.fetchAll($0, sql: "SELECT name FROM t")) }
        // What was said is what is there.
        #expect(kept == Set(outcomes.filter(\.value).map { "\($0.key)" }))
        #expect(!outcomes.values.allSatisfy { $0 })
        try limit(directory.file("x.sqlite"), pages: nil, pool)
        try await commits.write { try $0.execute(sql: "INSERT INTO t VALUES ('large', zeroblob(1048576))") }
        #expect(try await pool.read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM t WHERE name = 'large'") } == 1)
    }

    @Test("It is said of every batch until something can be written again, and leases get their full time then", arguments: TestDriver.allCases)
    func leases(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        let batch = try await test.submit(runs: 2)
        let job = try await test.claim()[0]
        #expect(test.ledger.room.noRoom(for: .ledger, at: "/disk/ledger.sqlite"))
        #expect(!test.ledger.room.noRoom(for: .ledger, at: "/disk/ledger.sqlite"))
        let said = "no room on the disk of the ledger (/disk/ledger.sqlite); it goes on by itself when there is some"
        #expect(try await test.ledger.overview(batchID: batch).storageProblem == said)
        #expect(try await test.ledger.moment(batchID: batch, after: EventPosition(), limit: 10).overview.storageProblem == said)
        // No heartbeat could be written down for longer than a lease.
        test.clock.advance(by: 40)
        let end = try await test.ledger.expireLeases()
        #expect(end.next == end.now + test.ledger.policy.leaseMilliseconds)
        #expect(try await test.job(job).status == .claimed)
        #expect(try await test.ledger.overview(batchID: batch).storageProblem == nil)
        // From now on a runner that is silent is lost as ever.
        test.clock.advance(by: 31)
        _ = try await test.ledger.expireLeases()
        #expect(try await test.job(job).status == .pending)
    }

    @Test("Calls that write are told so with 507, others are answered")
    func calls() async throws {
        #expect(Problem(describing: StorageError.noRoom(place: "/disk/ledger.sqlite"))?.status == 507)
    }
}
