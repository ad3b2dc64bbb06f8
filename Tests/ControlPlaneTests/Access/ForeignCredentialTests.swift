import FoundationEssentials
import Hummingbird
import HummingbirdTesting
import LynxModel
import LynxTelemetry
import NIOCore
import Testing

@testable import ControlPlane

@Suite("What the credential of another runner, or tenant, can touch", .serialized)
struct ForeignCredentialTests {
    /// One call that a runner makes about an attempt, or about itself.
    private struct RunnerCall {
        var path: String
        var headers: HTTPFields = [:]
        var body: ByteBuffer
    }

    private static let content = "content"

    /// A good call of a route in a runner's name; nil for a route that this test does not know.
    private static func call(_ route: API.Route, as runner: String, job: JobAssignment, now: Date) throws -> RunnerCall? {
        func json(_ body: some Encodable) throws -> ByteBuffer { ByteBuffer(bytes: try WireJSON.encode(body)) }
        let path = "/runner/v1/jobs/\(job.jobID)"
        switch route.endpoint.call {
        case "POST /runner/v1/register":
            return RunnerCall(path: "/runner/v1/register", body: try json(TestLedger.registration(runner)))
        case "POST /runner/v1/claim":
            return RunnerCall(
                path: "/runner/v1/claim", body: try json(ClaimRequest(runnerID: runner, sessionID: "s1", slots: 1, waitSeconds: 0)))
        case "POST /runner/v1/heartbeat":
            return RunnerCall(
                path: "/runner/v1/heartbeat", body: try json(HeartbeatRequest(runnerID: runner, sessionID: "s1", attempts: [])))
        case "POST /runner/v1/leave":
            return RunnerCall(path: "/runner/v1/leave", body: try json(LeaveRequest(runnerID: runner, sessionID: "s1")))
        case "POST /runner/v1/jobs/{job}/started":
            return RunnerCall(path: "\(path)/started", body: try json(StartedReport(runnerID: runner, attempt: 1, startedAt: now)))
        case "POST /runner/v1/jobs/{job}/telemetry":
            let column = TelemetryChunk.Column(
                name: "x", units: "m", position: .init(firstPoint: 0, step: 1), timeS: [0], values: [1])
            return RunnerCall(
                path: "\(path)/telemetry?runner_id=\(runner)&attempt=1&seq=0",
                body: ByteBuffer(bytes: try TelemetryChunk(columns: [column]).encoded()))
        case "POST /runner/v1/jobs/{job}/artifacts":
            return RunnerCall(
                path: "\(path)/artifacts", body: try json(ArtifactManifest(runnerID: runner, attempt: 1, files: [.sample("x", content)])))
        case "PUT /runner/v1/jobs/{job}/artifacts/{sha256}":
            return RunnerCall(
                path: "\(path)/artifacts/\(content.sha256)?runner_id=\(runner)&attempt=1", headers: [.uploadOffset: "0"],
                body: ByteBuffer(string: content))
        case "POST /runner/v1/jobs/{job}/result":
            return RunnerCall(path: "\(path)/result", body: try json(TestLedger.report(job, .success, runner: runner)))
        case "POST /runner/v1/results":
            let group = ResultGroup(runnerID: runner, reports: [TestLedger.report(job, .success, runner: runner)])
            return RunnerCall(path: "/runner/v1/results", body: try json(group))
        case "POST /runner/v1/retractions":
            return RunnerCall(path: "/runner/v1/retractions", body: try json(Retraction(runnerID: runner, basis: "proof", reason: "wrong")))
        default: return nil
        }
    }

    /// All that the ledger holds of jobs, their files, and the runner whose they are.
    private static func contents(_ plane: GuardedControlPlane) async throws -> [String] {
        try await plane.ledger.driver.read { connection in
            let tables = [
                "batches", "jobs", "attempts", "results", "telemetry_chunks", "artifacts", "blobs", "stored_bytes", "retention",
                "retractions", "batch_retractions",
            ]
            let queries = tables.map { "SELECT * FROM \($0) ORDER BY 1, 2" } + ["SELECT * FROM runners WHERE runner_id = 'r1'"]
            return try queries.flatMap { query in try connection.rows(query, []).map { "\(query): \($0.values)" } }
        }
    }

    @Test("No call of a runner about another's attempt changes anything, nor tells whether there is such a job", arguments: TestDriver.allCases)
    func everyRunnerRoute(driver: TestDriver) async throws {
        let plane = try GuardedControlPlane(driver)
        let own = try await plane.enrolled("r1")
        let others = [("r2", try await plane.enrolled("r2")), ("r3", try await plane.enrolled("r3", tenant: "other"))]
        _ = try await plane.ledger.submit(TestLedger.submission(runs: 1), tenant: "lab")
        for (runner, tenant) in [("r1", "lab"), ("r2", "lab"), ("r3", "other")] {
            try await plane.ledger.register(TestLedger.registration(runner), tenant: tenant)
        }
        let claim = ClaimRequest(runnerID: "r1", sessionID: "s1", slots: 1, waitSeconds: 0)
        let job = try #require(try await plane.ledger.claim(claim).jobs.first)
        var nowhere = job
        (nowhere.jobID, nowhere.batchID) = ("absent-0", "absent")
        // A bundle is no runner's own, but its tenant's.
        let routes = plane.routes.filter { $0.endpoint.access == .runner && !$0.endpoint.call.contains("{bundle}") }
        try await plane.test { [nowhere] client in
            func send(_ route: API.Route, as runner: String, job: JobAssignment, _ credential: String) async throws -> TestResponse {
                let call = try #require(try Self.call(route, as: runner, job: job, now: plane.clock.now()), "\(route.endpoint.call)")
                var headers = call.headers
                headers[.authorization] = "Bearer \(credential)"
                return try await client.execute(uri: call.path, method: route.method, headers: headers, body: call.body)
            }
            let before = try await Self.contents(plane)
            for (runner, credential) in others {
                for route in routes {
                    // In the name of the one who holds it.
                    let forged = try await send(route, as: "r1", job: job, credential)
                    #expect(forged.status == .forbidden, "\(runner) \(route.endpoint.call)")
                    if route.endpoint.call.hasSuffix("/results") {
                        func reported(by reporter: String) async throws -> TestResponse {
                            let group = ResultGroup(runnerID: runner, reports: [TestLedger.report(job, .success, runner: reporter)])
                            return try await client.call(.post, "/runner/v1/results", as: credential, group)
                        }
                        let answer: ResultGroupAnswer = try await reported(by: runner).decode()
                        #expect(answer.results.map { $0.problem?.status } == [409], "\(runner)")
                        #expect(try await reported(by: "r1").status == .unprocessableContent, "\(runner)")
                    }
                    guard route.endpoint.call.contains("{job}") else { continue }
                    let there = try await send(route, as: runner, job: job, credential)
                    let absent = try await send(route, as: runner, job: nowhere, credential)
                    #expect(there.status == .conflict, "\(runner) \(route.endpoint.call)")
                    #expect(
                        String(buffer: there.body).replacing(job.jobID, with: "absent-0") == String(buffer: absent.body),
                        "\(route.endpoint.call)")
                }
            }
            #expect(try await Self.contents(plane) == before)
            // All the same calls are good ones.
            for name in ["started", "telemetry", "artifacts", "artifacts/{sha256}", "result"] {
                let route = try #require(routes.first { $0.endpoint.call.hasSuffix("/jobs/{job}/\(name)") })
                #expect(try await send(route, as: "r1", job: job, own).status.code < 300, "\(name)")
            }
        }
        #expect(try await plane.ledger.job(job.jobID).status == .completed)
        #expect(try await plane.ledger.artifacts(jobID: job.jobID, attempt: 1).map(\.artifact.available) == [true])
    }

    @Test("Nor does it tell where the batch of another has its files") func locations() async throws {
        let plane = try GuardedControlPlane()
        let (own, other) = (try await plane.enrolled("r1"), try await plane.enrolled("r3", tenant: "other"))
        var submission = TestLedger.submission(runs: 1)
        submission.config.telemetry.storage = TelemetryStorageSpec(s3Bucket: "lynx-runs", s3Prefix: "orbit")
        _ = try await plane.ledger.submit(submission, tenant: "lab")
        try await plane.ledger.register(TestLedger.registration("r1"), tenant: "lab")
        let job = try await plane.ledger.claim(ClaimRequest(runnerID: "r1", sessionID: "s1", slots: 1, waitSeconds: 0)).jobs[0]
        let right = "s3://lynx-runs/orbit/\(job.batchID)/\(job.jobID)/attempt-1/x"
        try await plane.test { client in
            func announce(_ location: String, as runner: String, _ credential: String) async throws -> Int {
                let manifest = ArtifactManifest(runnerID: runner, attempt: 1, files: [.sample("x", "x", location: location)])
                return try await client.call(.post, "/runner/v1/jobs/\(job.jobID)/artifacts", as: credential, manifest).status.code
            }
            for location in [right, "s3://lynx-runs/guess/x"] {
                let status = try await announce(location, as: "r3", other)
                #expect(status == 409)
            }
            #expect(try await announce("s3://lynx-runs/guess/x", as: "r1", own) == 422)
            #expect(try await announce(right, as: "r1", own) == 200)
        }
    }

    @Test("A collection takes nothing of another tenant's, however old", arguments: TestDriver.allCases)
    func collection(driver: TestDriver) async throws {
        let plane = try GuardedControlPlane(driver) { $0.artifacts?.retainDays = 1 }
        let (admin, stranger) = (try await plane.token("lab", .admin), try await plane.token("other", .admin))
        let own = try await plane.enrolled("r1")
        _ = try await plane.ledger.submit(TestLedger.submission(runs: 1), tenant: "lab")
        try await plane.ledger.register(TestLedger.registration("r1"), tenant: "lab")
        let job = try await plane.ledger.claim(ClaimRequest(runnerID: "r1", sessionID: "s1", slots: 1, waitSeconds: 0)).jobs[0]
        try await plane.test { client in
            for name in ["artifacts", "artifacts/{sha256}", "result"] {
                let route = try #require(plane.routes.first { $0.endpoint.call.hasSuffix("/v1/jobs/{job}/\(name)") })
                let call = try #require(try Self.call(route, as: "r1", job: job, now: plane.clock.now()))
                var headers = call.headers
                headers[.authorization] = "Bearer \(own)"
                #expect(try await client.execute(uri: call.path, method: route.method, headers: headers, body: call.body).status.code < 300)
            }
            plane.clock.advance(by: 2 * 86_400)
            let before = try await Self.contents(plane)
            let foreign: CollectionReport = try await client.call(.post, "/gc", as: stranger).decode()
            #expect(foreign == CollectionReport(dryRun: false))
            #expect(try await Self.contents(plane) == before)
            let report: CollectionReport = try await client.call(.post, "/gc", as: admin).decode()
            #expect((report.batches.count, report.blobs) == (1, 1))
        }
    }
}
