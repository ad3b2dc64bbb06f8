import Hummingbird
import HummingbirdTesting
import LynxModel
import Testing

@testable import ControlPlane

@Suite("An open table", .timeLimit(.minutes(5)))
struct GrowthTests {
    private func open(_ rows: [[ParameterValue]] = [[.number(1), .string("a")]]) -> BatchSubmission {
        var submission = TestLedger.judged(runs: rows.count, by: nil, method: .table)
        submission.config.monteCarlo.open = true
        submission.config.monteCarlo.table = SampleTable(columns: ["x", "kind"], rows: rows)
        return submission
    }

    @Test("It waits for rows when its runs have ended, runs those that come, and ends when it is closed", arguments: TestDriver.allCases)
    func grows(driver: TestDriver) async throws {
        var test = try TestLedger(driver)
        try await test.register(slots: 8)
        let batch = try await test.ledger.submit(open()).batchID
        try await test.end(try await test.claim(slots: 8)) { _ in 1 }
        #expect(try await test.batch(batch).status == .running)

        let rows: [[ParameterValue]] = [[.number(2), .string("b")], [.number(3.5), .string("c")]]
        let grown = try await test.ledger.append(rows, to: batch, at: 1)
        #expect(grown.batch.totalJobs == 3 && grown.count(.pending) == 2)
        // The answer was lost, and the caller asks again.
        #expect(try await test.ledger.append(rows, to: batch, at: 1).batch.totalJobs == 3)
        let claimed = try await test.claim(slots: 8)
        // 2.0 stays a float.
        #expect(claimed.map { $0.runConfig.parameters["x"] } == [.number(2), .number(3.5)])
        #expect(claimed.map { $0.runConfig.parameters["kind"] } == [.string("b"), .string("c")])

        // Another process goes on with what lies in the ledger.
        test = try test.reopened()
        _ = try await test.ledger.append([[.number(4), .string("d")]], to: batch, at: 3)
        #expect(try await test.ledger.job("\(batch)-3").runConfig.parameters["x"] == .number(4))
        try await test.end(claimed + test.claim(slots: 8)) { _ in 1 }
        #expect(try await test.batch(batch).status == .running)
        #expect(try await test.ledger.close(batchID: batch).batch.status == .completed)
        #expect(try await test.ledger.close(batchID: batch).batch.status == .completed)
        #expect(try await test.ledger.append(rows, to: batch, at: 1).batch.totalJobs == 4)
        await #expect(throws: LedgerError.notExtensible(batchID: batch, reason: "it is closed")) {
            try await test.ledger.append([[.number(5), .string("e")]], to: batch, at: 4)
        }
        #expect(try await test.disagreements() == [])
    }

    @Test("Rows at another place, other rows at the same, and rows of another length are refused", arguments: TestDriver.allCases)
    func refused(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        let batch = try await test.ledger.submit(open()).batchID
        let row: [ParameterValue] = [.number(2), .string("b")]
        _ = try await test.ledger.append([row], to: batch, at: 1)
        for (rows, first) in [([row], 3), ([[.number(9), .string("b")]], 1), ([row, row], 1), ([row], 0)] {
            await #expect(throws: LedgerError.self) { try await test.ledger.append(rows, to: batch, at: first) }
        }
        await #expect(throws: Problem.self) { try await test.ledger.append([[.number(2)]], to: batch, at: 2) }
        let closed = try await test.ledger.submit(TestLedger.judged(runs: 3)).batchID
        await #expect(throws: Problem.self) { try await test.ledger.append([row], to: closed, at: 3) }
        await #expect(throws: LedgerError.self) { try await test.ledger.extend(batchID: batch, by: 1) }
        #expect(try await test.batch(batch).totalJobs == 2)
    }

    @Test("It is cancelled as any batch is")
    func cancelled() async throws {
        let test = try TestLedger()
        try await test.register(slots: 8)
        let batch = try await test.ledger.submit(open()).batchID
        try await test.end(try await test.claim(slots: 8)) { _ in 1 }
        _ = try await test.ledger.append([[.number(2), .string("b")]], to: batch, at: 1)
        #expect(try await test.ledger.cancelBatch(batch).batch.status == .cancelled)
        await #expect(throws: LedgerError.self) { try await test.ledger.append([[.number(3), .string("b")]], to: batch, at: 2) }
        #expect(try await test.ledger.openBatches() == [])
        #expect(try await test.disagreements() == [])
    }

    @Test("Over HTTP, with what is wrong told by its place")
    func http() async throws {
        try await TestControlPlane().test { client in
            let receipt: BatchReceipt = try await client.post("/jobs", open(), status: .created)
            let path = "/batches/\(receipt.batchID)"
            let overview: BatchOverview = try await client.post(
                "\(path)/rows", AppendRequest(firstRun: 1, rows: [[.number(2), .string("b")]]), status: .ok)
            #expect(overview.batch.totalJobs == 2)
            let wrong = try await client.problem(.post, "\(path)/rows", ["rows": [[1]]], status: 422)
            #expect(wrong.errors?.map(\.field) == ["first_run"])
            let order = AppendRequest(firstRun: 7, rows: [[.number(2), .string("b")]])
            let conflict = try await client.problem(.post, "\(path)/rows", order, status: 409)
            #expect(conflict.detail?.contains("it has 2 runs") == true)
            _ = try await client.problem(.get, "\(path)/rare-event", status: 409)
        }
    }
}
