import Hummingbird
import HummingbirdTesting
import LynxModel
import Testing

@testable import ControlPlane

@Suite("Taking results back over HTTP")
struct RetractionRouteTests {
    private let plane: TestControlPlane

    init() throws { plane = try TestControlPlane() }

    @Test("The batch tells of it, and the call may be repeated") func told() async throws {
        try await plane.test { client in
            let receipt: BatchReceipt = try await client.post("/jobs", TestLedger.submission(runs: 2), status: .created)
            try await client.register()
            for job in try await client.claim(slots: 2).jobs {
                let report = TestLedger.report(job, .success, basis: "proof")
                #expect(try await client.call(.post, "/runner/v1/jobs/\(job.jobID)/result", report).status == .noContent)
            }
            let ended: BatchOverview = try await client.get("/batches/\(receipt.batchID)")
            #expect(ended.batch.status == .completed && ended.batch.warnings == nil)
            for _ in 0..<2 {
                let retraction = Retraction(runnerID: "r1", basis: "proof", reason: "it was wrong")
                #expect(try await client.call(.post, "/runner/v1/retractions", retraction).status == .noContent)
                let overview: BatchOverview = try await client.get("/batches/\(receipt.batchID)")
                #expect(overview.batch.status == .running && overview.count(.pending) == 2)
                #expect(overview.batch.warnings == ["2 results were taken back and run again: it was wrong"])
            }
            #expect(try await client.problem(.get, "/jobs/\(receipt.batchID)-0/results", status: 404).detail?.contains("is Pending") == true)
            let attempts: AttemptList = try await client.get("/jobs/\(receipt.batchID)-0/attempts")
            #expect(attempts.attempts.map(\.outcome) == [.retracted])
        }
    }

    @Test("What makes no sense is refused with the field's name") func refused() async throws {
        try await plane.test { client in
            try await client.register()
            _ = try await client.post("/jobs", TestLedger.submission(runs: 1), as: BatchReceipt.self, status: .created)
            let job = try await client.claim().jobs[0]
            let long = String(repeating: "x", count: 1025)
            for (basis, reason, field, detail) in [
                ("", "why", "basis", "must have 1 to 1024 bytes"), (long, "why", "basis", "must have 1 to 1024 bytes"),
                ("proof", String(repeating: "é", count: 2049), "reason", "may have at most 4096 bytes"),
            ] {
                let problem = try await client.problem(
                    .post, "/runner/v1/retractions", Retraction(runnerID: "r1", basis: basis, reason: reason), status: 422)
                #expect(problem.errors == [.init(field: field, detail: detail)])
            }
            #expect(
                try await client.problem(.post, "/runner/v1/retractions", ["runner_id": "r1", "basis": "b"], status: 422).errors
                    == [.init(field: "reason", detail: "is missing")])
            _ = try await client.problem(.post, "/runner/v1/retractions", Retraction(runnerID: "r9", basis: "b", reason: ""), status: 404)
            for (report, field) in [
                (TestLedger.report(job, .success, basis: long), "result.metadata.basis"),
                (TestLedger.report(job, .success, basis: ""), "result.metadata.basis"),
                (TestLedger.report(job, .retracted), "result.metadata.outcome"),
            ] {
                #expect(try await client.problem(.post, "/runner/v1/jobs/\(job.jobID)/result", report, status: 422).errors?.first?.field == field)
                let group = ResultGroup(runnerID: "r1", reports: [report])
                #expect(try await client.problem(.post, "/runner/v1/results", group, status: 422).errors?.first?.field == "reports[0].\(field)")
            }
        }
    }
}
