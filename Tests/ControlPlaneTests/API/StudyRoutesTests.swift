import FoundationEssentials
import Hummingbird
import HummingbirdTesting
import LynxModel
import NIOCore
import Testing

@testable import ControlPlane

@Suite("The users' API")
struct StudyRoutesTests {
    @Test("A study goes through the API from submission to results", arguments: [false, true])
    func wholeStudy(live: Bool) async throws {
        try await TestControlPlane().test(live ? .live : .router) { client in
            #expect(try await client.get("/healthz", as: [String: String].self) == ["status": "ok"])
            let receipt: BatchReceipt = try await client.post("/jobs", TestLedger.submission(runs: 2), status: .created)
            #expect(receipt.totalJobs == 2)
            try await client.register()
            let jobs = try await client.claim(slots: 4).jobs
            #expect(jobs.count == 2)

            var overview: BatchOverview = try await client.get("/batches/\(receipt.batchID)")
            #expect(overview.jobsByStatus == ["Claimed": 2])
            let started = StartedReport(runnerID: "r1", attempt: 1, startedAt: Date(timeIntervalSince1970: 0))
            let path = "/runner/v1/jobs/\(jobs[0].jobID)"
            #expect(try await client.call(.post, "\(path)/started", started).status == .noContent)
            let report = TestLedger.report(jobs[0], .success)
            for _ in 0..<2 { #expect(try await client.call(.post, "\(path)/result", report).status == .noContent) }

            overview = try await client.get("/batches/\(receipt.batchID)")
            #expect(overview.jobsByStatus == ["Claimed": 1, "Completed": 1])
            #expect(overview.batch.status == .running)
            let job: Job = try await client.get("/jobs/\(jobs[0].jobID)")
            #expect(job.status == .completed)
            #expect(try await client.get("/jobs/\(jobs[0].jobID)/results", as: JobResult.self) == report.result)
            #expect(try await client.get("/batches/\(receipt.batchID)/results", as: ResultList.self).results == [report.result])
            #expect(try await client.get("/batches/\(receipt.batchID)/jobs?status=Claimed", as: JobList.self).jobs.map(\.jobID) == [jobs[1].jobID])
            #expect(try await client.get("/batches", as: BatchList.self).batches == [overview.batch])
            #expect(try await client.get("/runners", as: RunnerList.self).runners.map(\.status) == [.busy])
        }
    }

    @Test("Results of many jobs come as one list, with or without their samples") func manyResults() async throws {
        try await TestControlPlane().test { client in
            let receipt: BatchReceipt = try await client.post("/jobs", TestLedger.submission(runs: 40), status: .created)
            let path = "/batches/\(receipt.batchID)/results"
            #expect(try await client.get(path, as: ResultList.self).results == [])
            try await client.register()
            let series = TelemetrySeries(units: "km", count: 1, first: 1, last: 1, min: 1, max: 1, timeS: [0], values: [1])
            for job in try await client.claim(slots: 40).jobs {
                try await client.call(
                    .post, "/runner/v1/jobs/\(job.jobID)/result", TestLedger.report(job, .success, telemetry: ["x": series]))
            }
            let full = try await client.get(path, as: ResultList.self).results
            #expect(full.map(\.metadata.runIndex) == Array(0..<40))
            let whole = full.map { $0.telemetryData["x"] }
            #expect(whole == Array(repeating: series, count: 40))
            let brief = try await client.get("\(path)?telemetry=summary", as: ResultList.self).results
            #expect(brief.map(\.metadata.runIndex) == Array(0..<40))
            let shortened = brief.compactMap { $0.telemetryData["x"] }
            #expect(shortened.map(\.values) == Array(repeating: [], count: 40))
            #expect(shortened.map(\.max) == Array(repeating: 1, count: 40))
        }
    }

    @Test("Lists come in parts that join without gap or repetition") func pages() async throws {
        let plane = try TestControlPlane()
        try await plane.test { client in
            var submitted: [String] = []
            for number in 0..<5 {
                let receipt: BatchReceipt = try await client.post(
                    "/jobs", TestLedger.submission(name: "n\(number)", runs: 5), status: .created)
                submitted.insert(receipt.batchID, at: 0)
                plane.clock.advance(by: 1)
            }
            var batches: [String] = []
            var jobs: [Int] = []
            var cursor: String? = nil
            repeat {
                let list: BatchList = try await client.get("/batches?limit=2\(cursor.map { "&cursor=\($0)" } ?? "")")
                #expect(list.batches.count <= 2)
                batches += list.batches.map(\.batchID)
                cursor = list.nextCursor
            } while cursor != nil
            repeat {
                let list: JobList = try await client.get("/batches/\(submitted[0])/jobs?limit=2\(cursor.map { "&cursor=\($0)" } ?? "")")
                jobs += list.jobs.map(\.runConfig.runIndex)
                cursor = list.nextCursor
            } while cursor != nil
            #expect(batches == submitted)
            #expect(jobs == Array(0..<5))
        }
    }

    @Test("A runner with an unusual id is found by it, and drained and resumed") func runners() async throws {
        try await TestControlPlane().test { client in
            try await client.register("bench/7 é")
            let path = "/runners/bench%2F7%20%C3%A9"
            #expect(try await client.get(path, as: Runner.self).runnerID == "bench/7 é")
            #expect(try await client.post("\(path)/drain", as: Runner.self).status == .maintenance)
            #expect(try await client.claim("bench/7 é").drain)
            #expect(try await client.post("\(path)/resume", as: Runner.self).status == .idle)
        }
    }

    @Test("Batches and jobs are cancelled through the API") func cancel() async throws {
        try await TestControlPlane().test { client in
            let receipt: BatchReceipt = try await client.post("/jobs", TestLedger.submission(runs: 2), status: .created)
            let job: Job = try await client.post("/jobs/\(receipt.batchID)-0/cancel")
            #expect(job.status == .cancelled)
            let overview: BatchOverview = try await client.post("/batches/\(receipt.batchID)/cancel")
            #expect(overview.batch.status == .cancelled)
        }
    }

    @Test("A body that is not a batch is refused, with every field that is wrong", arguments: [
        (#"{"config": {"simulation": {"name": "s"}, "monte_carlo": {"runs": 1}}}"#, ["name"]),
        (#"{"name": "n", "config": {"simulation": {"name": "s"}, "monte_carlo": {"runs": 0}}}"#, ["config.monte_carlo.runs"]),
        (
            #"{"name": "n", "config": {"simulation": {"name": 7}, "monte_carlo": {"runs": "x", "sede": 1}}}"#,
            ["config.simulation.name", "config.monte_carlo.runs", "config.monte_carlo.sede"]
        ),
        (
            #"{"name": "n", "config": {"simulation": {"name": "s"}, "monte_carlo": {"runs": 1}, "dispersions": {"m": {"distribution": {"type": "uniform", "min": 2, "max": 1}}}}}"#,
            ["config.dispersions.m.distribution.max"]
        ),
        (#"{"name": "n", "config": {"simulation": {"name": "s"}, "monte_carlo": {"runs": 2000000}}}"#, ["config.monte_carlo.runs"]),
        (
            #"{"name": "n", "config": {"simulation": {"name": "s"}, "monte_carlo": {"runs": 1}, "dispersions": {"m": {"distribution": {"type": "normal", "mean": 1e308, "std_dev": 1e308}}, "k": {"distribution": {"type": "weibull", "shape": 1e-5, "scale": 1}}, "ok": {"distribution": {"type": "normal", "mean": 1, "std_dev": 1}}}}}"#,
            ["config.dispersions.k.distribution", "config.dispersions.m.distribution"]
        ),
    ])
    func badBatches(body: String, fields: [String]) async throws {
        try await TestControlPlane().test { client in
            let response = try await client.execute(uri: "/jobs", method: .post, body: ByteBuffer(string: body))
            let problem = try response.problem(status: 422, of: body)
            #expect(Set(problem.errors?.map(\.field) ?? []) == Set(fields), "\(problem)")
            #expect(try await client.get("/batches", as: BatchList.self).batches.isEmpty)
        }
    }

    @Test("What is no JSON object is refused as such", arguments: ["", "{", "[]", "7", "name: study", "{\"name\": \"n\",}"])
    func notJSON(body: String) async throws {
        try await TestControlPlane().test { client in
            let response = try await client.execute(uri: "/jobs", method: .post, body: ByteBuffer(string: body))
            _ = try response.problem(status: 400, of: body)
        }
    }
}
