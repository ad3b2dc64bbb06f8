import FoundationEssentials
import Hummingbird
import HummingbirdTesting
import LynxModel
import Testing

@testable import ControlPlane

@Suite("Heartbeats that are held", .timeLimit(.minutes(5)))
struct HeartbeatTests {
    private let plane: TestControlPlane

    init() throws { plane = try TestControlPlane() }

    private static func beat(
        _ attempts: [AttemptKey] = [], wait: Double? = 20, cancelling: [AttemptKey]? = nil, drained: Bool? = nil
    ) -> HeartbeatRequest {
        HeartbeatRequest(
            runnerID: "r1", sessionID: "s1", attempts: attempts, waitSeconds: wait, cancelling: cancelling, drained: drained)
    }

    private static func send(_ beat: HeartbeatRequest, _ client: any TestClientProtocol) async throws -> HeartbeatResponse {
        try await client.post("/runner/v1/heartbeat", beat)
    }

    /// Registers `r1`, submits a batch of two runs and claims the first.
    private static func claimed(_ client: any TestClientProtocol) async throws -> AttemptKey {
        try await client.register()
        let _: BatchReceipt = try await client.post("/jobs", TestLedger.submission(runs: 2), status: .created)
        let job = try await client.claim().jobs[0]
        return AttemptKey(jobID: job.jobID, attempt: job.attempt)
    }

    @Test("A cancellation answers them at once: no time passes on the control plane's clock")
    func cancel() async throws {
        try await plane.test { client in
            let key = try await Self.claimed(client)
            async let answer = Self.send(Self.beat([key]), client)
            await plane.clock.waitForSleepers(1)
            let _: Job = try await client.post("/jobs/\(key.jobID)/cancel")
            #expect(try await answer == HeartbeatResponse(cancel: [key]))
        }
    }

    @Test("So does the cancellation of a job that was claimed after they were sent")
    func cancelOfLaterClaim() async throws {
        try await plane.test { client in
            try await client.register()
            let batch: BatchReceipt = try await client.post("/jobs", TestLedger.submission(runs: 1), status: .created)
            async let answer = Self.send(Self.beat(), client)
            await plane.clock.waitForSleepers(1)
            let job = try await client.claim().jobs[0]
            let _: BatchOverview = try await client.post("/batches/\(batch.batchID)/cancel")
            #expect(try await answer.cancel == [AttemptKey(jobID: job.jobID, attempt: 1)])
        }
    }

    @Test("What the runner is stopping already, and what is another's, does not answer them; the end of their time does")
    func known() async throws {
        try await plane.test { client in
            let key = try await Self.claimed(client)
            try await client.register("r2", session: "s2")
            let other = try await client.claim("r2", session: "s2").jobs[0]
            let _: Job = try await client.post("/jobs/\(key.jobID)/cancel")
            let sent = plane.clock.now()
            let (answers, answered) = AsyncStream.makeStream(of: HeartbeatResponse.self)
            let call = Task {
                answered.yield(try await Self.send(Self.beat([key], cancelling: [key]), client))
                answered.finish()
            }
            await plane.clock.waitForSleepers(1)
            let _: Job = try await client.post("/jobs/\(other.jobID)/cancel")
            while plane.controlPlane.ledger.runnerBells.count > 0 {
                plane.clock.advance(by: 1)
                await Task.yield()
            }
            var iterator = answers.makeAsyncIterator()
            #expect(await iterator.next() == HeartbeatResponse(cancel: [key]))
            #expect(plane.clock.now() >= sent.addingTimeInterval(20))
            try await call.value
        }
    }

    @Test("Draining and resuming answer those of a runner that does not know of it yet")
    func drain() async throws {
        try await plane.test { client in
            try await client.register()
            async let drained = Self.send(Self.beat(drained: false), client)
            await plane.clock.waitForSleepers(1)
            let _: Runner = try await client.post("/runners/r1/drain")
            #expect(try await drained == HeartbeatResponse(drain: true))
            #expect(try await Self.send(Self.beat(), client) == HeartbeatResponse(drain: true))
            async let resumed = Self.send(Self.beat(drained: true), client)
            await plane.clock.waitForSleepers(1)
            let _: Runner = try await client.post("/runners/r1/resume")
            #expect(try await resumed == HeartbeatResponse())
        }
    }

    @Test("Without a wait they are answered at once, as runners of protocol 1.0 expect", arguments: [nil, 0, -1, Double.leastNonzeroMagnitude])
    func immediate(wait: Double?) async throws {
        try await plane.test { client in
            let key = try await Self.claimed(client)
            #expect(try await Self.send(Self.beat([key], wait: wait), client) == HeartbeatResponse())
            #expect(plane.controlPlane.ledger.runnerBells.count == 0)
        }
    }

    @Test("What a runner's engines keep is listed with it; what can't be so is refused")
    func warmWorkers() async throws {
        try await plane.test { client in
            try await client.register()
            var beat = Self.beat(wait: nil)
            let workers = Array(repeating: WarmWorker(entrypoint: "a.py", state: .off, message: "why"), count: 64)
            beat.engines = [RunnerEngine(id: "basilisk", version: "2.5", warmWorkers: workers)]
            #expect(try await Self.send(beat, client) == HeartbeatResponse())
            #expect(try await client.get("/runners", as: RunnerList.self).runners.map(\.engines) == [beat.engines])
            beat.engines?[0].warmWorkers?.append(workers[0])
            let problem = try await client.problem(.post, "/runner/v1/heartbeat", beat, status: 422)
            #expect(problem.errors == [.init(field: "engines[0].warm_workers", detail: "may have at most 64 entries")])
            beat.engines?[0].warmWorkers = [workers[0], WarmWorker(entrypoint: "a.py", state: .ready, jobsStarted: -1)]
            let negative = try await client.problem(.post, "/runner/v1/heartbeat", beat, status: 422)
            #expect(negative.errors == [.init(field: "engines[0].warm_workers[1].jobs_started", detail: "must be 0 or more")])
            beat.engines = Array(repeating: RunnerEngine(id: "basilisk", version: "2.5"), count: 65)
            #expect(try await client.problem(.post, "/runner/v1/heartbeat", beat, status: 422).errors?.first?.field == "engines")
            #expect(try await client.get("/runners/r1", as: Runner.self).engines[0].warmWorkers == workers)
        }
    }

    @Test("A runner of another version is told which are understood, and this version is named to one that is")
    func versions() async throws {
        try await plane.test { client in
            var registration = TestLedger.registration()
            registration.protocolVersion = "1.9"
            let problem = try await client.problem(.post, "/runner/v1/register", registration, status: 422)
            #expect(
                problem.errors == [
                    .init(field: "protocol_version", detail: "is '1.9'; this control plane speaks 1.7, its earlier minor versions, and one later")
                ])
            registration.protocolVersion = "1.1"
            let answer: RegisterResponse = try await client.post("/runner/v1/register", registration)
            #expect(answer.protocolVersion == RunnerProtocol.version)
        }
    }
}
