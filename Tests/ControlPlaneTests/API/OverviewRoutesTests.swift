import Hummingbird
import HummingbirdTesting
import LynxDocument
import LynxModel
import Testing

@testable import ControlPlane

@Suite("All studies at a glance", .serialized, .timeLimit(.minutes(5)))
struct OverviewRoutesTests {
    private struct Table: Decodable {
        var rows: [[JSONValue]]

        /// The first column.
        var runs: [Int] { rows.map { if case .integer(let run) = $0[0] { Int(run) } else { -1 } } }
    }

    private static func table(_ path: String, _ client: any TestClientProtocol) async throws -> (runs: [Int], ended: String?) {
        let response = try await client.call(.get, path)
        #expect(response.status == .ok, "\(String(buffer: response.body))")
        return (try response.decode(Table.self).runs, response.headers[.lynxEnded])
    }

    @Test("Each has its verdict, its simulation and whose it is", arguments: TestDriver.allCases)
    func studies(driver: TestDriver) async throws {
        let plane = try GuardedControlPlane(driver)
        let token = try await plane.token("lab", .submit)
        _ = try await plane.ledger.submit(TestLedger.submission(name: "foreign"), tenant: "other")
        try await plane.test { client in
            let plain = try await client.call(.post, "/jobs", as: token, TestLedger.submission(name: "Plain 100%_a"))
            let judged = try await client.call(.post, "/jobs", as: token, TestLedger.judged(runs: 22)).decode(BatchReceipt.self).batchID
            #expect(plain.status == .created)
            let list = try await client.call(.get, "/studies", as: token).decode(StudyList.self).studies
            #expect(list.map(\.batch.name).sorted() == ["Plain 100%_a", "study"])
            #expect(list.allSatisfy { $0.simulation == "orbit" && $0.simulationType == "basilisk" && $0.batch.submittedBy == "test" })
            #expect(list.first { $0.batch.batchID == judged }?.verdict == .undecided)
            #expect(list.first { $0.batch.batchID != judged }?.verdict == nil)

            for (search, found) in [
                ("plain", 1), ("PLAIN", 1), ("100%25_", 1), ("%25", 1), ("_", 1), ("%5C", 0), ("orbit", 2), (judged, 1), ("TEST", 2),
                ("foreign", 0), ("'", 0),
            ] {
                let hits = try await client.call(.get, "/studies?search=\(search)", as: token).decode(StudyList.self).studies
                #expect(hits.count == found, "\(search)")
            }
        }
    }

    @Test("A verdict is found anew when runs have ended since, and code when a result names it") func verdicts() async throws {
        try await TestControlPlane().test { client in
            let (batchID, jobs) = try await client.judged(TestLedger.judged(runs: 22))
            func summary() async throws -> StudySummary {
                try #require(try await client.get("/studies", as: StudyList.self).studies.first { $0.batch.batchID == batchID })
            }
            #expect(try await summary().verdict == .undecided)
            #expect(try await summary().code == nil)
            for job in jobs { try await client.end(job, outputs: [.miss(1)]) }
            #expect(try await summary().verdict == .met)
            #expect(try await summary().requirements == 1)
        }
    }

    @Test("A table has only what has ended since the marker of the last", arguments: TestDriver.allCases)
    func endedAfter(driver: TestDriver) async throws {
        try await TestControlPlane(driver).test { client in
            let (batchID, jobs) = try await client.judged(TestLedger.judged(runs: 5))
            let path = "/batches/\(batchID)/table?columns=run,status"
            var answer = try await Self.table(path, client)
            #expect(answer.runs == [0, 1, 2, 3, 4] && answer.ended == "0")
            answer = try await Self.table("\(path)&ended_after=0", client)
            #expect(answer.runs == [] && answer.ended == "0")
            for run in [3, 1] { try await client.end(jobs[run], outputs: [.miss(1)]) }
            answer = try await Self.table("\(path)&ended_after=0", client)
            #expect(answer.runs == [1, 3] && answer.ended == "2")
            try await client.end(jobs[4], outputs: [.miss(20)])
            answer = try await Self.table("\(path)&ended_after=2", client)
            #expect(answer.runs == [4] && answer.ended == "3")
            answer = try await Self.table("\(path),outputs.miss_m&ended_after=0&where=outputs.miss_m%20%3C%2010&order=-run", client)
            #expect(answer.runs == [3, 1])
            answer = try await Self.table("\(path)&ended_after=99", client)
            #expect(answer.runs == [])
            _ = try await client.problem(.get, "\(path)&ended_after=-1", status: 422)
        }
    }

    @Test("A batch is told as it was submitted, with its seed") func submission() async throws {
        try await TestControlPlane().test { client in
            let sent = TestLedger.judged(runs: 3)
            let receipt: BatchReceipt = try await client.post("/jobs", sent, status: .created)
            let stored: BatchSubmission = try await client.get("/batches/\(receipt.batchID)/submission")
            #expect(stored == sent)
            _ = try await client.problem(.get, "/batches/none/submission", status: 404)
        }
    }

    @Test("Of the runs that are named, those run again that failed", arguments: TestDriver.allCases)
    func retry(driver: TestDriver) async throws {
        try await TestControlPlane(driver).test { client in
            let (batchID, jobs) = try await client.judged(TestLedger.judged(runs: 4))
            try await client.end(jobs[0], outputs: [])
            for run in [1, 2] { try await client.end(jobs[run], .failure, outputs: []) }
            let path = "/batches/\(batchID)/retry"
            let overview: BatchOverview = try await client.post(path, RetryRequest(runs: [0, 1, 3, 1]))
            #expect(overview.requeued == 1)
            #expect(overview.jobsByStatus == ["Completed": 1, "Failed": 1, "Pending": 1, "Claimed": 1])
            for (runs, says) in [([], "0 entries"), ([4], "4"), ([-1], "-1"), (Array(repeating: 1, count: 10_001), "10001")] as [([Int], String)] {
                let problem = try await client.problem(.post, path, RetryRequest(runs: runs), status: 422)
                #expect(problem.errors?.map(\.field) == ["runs"] && problem.detail?.contains(says) == true)
            }
            let _: BatchOverview = try await client.post("/batches/\(batchID)/cancel")
            _ = try await client.problem(.post, path, RetryRequest(runs: [2]), status: 409)
        }
    }
}
