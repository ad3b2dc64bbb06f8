import LynxModel
import Testing

@testable import RunnerHost

@Suite("A runner that leaves", .timeLimit(.minutes(5)))
struct RunnerLeavingTests {
    @Test("A draining runner finishes what runs, delivers it, and then signs off")
    func drain() async throws {
        let bench = try RunnerBench()
        let job = JobAssignment.sample("a")
        bench.control.enqueue(job)
        try await bench.run { runner, _ in
            try await bench.engine.wait { $0.started == [job.key] }
            runner.drain()
            bench.engine.finish(job)
            try await bench.control.wait { $0.departures == 1 }
        }
        #expect(bench.control.state.delivered.map(\.outcome) == [.success])
        // Claims and heartbeats that were under way may arrive at any time.
        let calls = bench.control.state.calls.filter { $0 == "result" || $0 == "leave" }
        #expect(calls.last == "leave")
        #expect(bench.engine.state.terminated == [] && bench.log.entries.stops == [:])
    }

    @Test("An idle runner leaves at once, out of the middle of a claim")
    func idleDrain() async throws {
        let bench = try RunnerBench()
        try await bench.run { runner, _ in
            try await bench.control.wait { $0.claimsWaiting == 1 }
            runner.drain()
            try await bench.control.wait { $0.departures == 1 && $0.claimsWaiting == 0 }
        }
    }

    @Test("A job that a claim brings to a draining runner is reported lost, not run")
    func lateJob() async throws {
        let bench = try RunnerBench()
        let (running, late) = (JobAssignment.sample("running"), JobAssignment.sample("late"))
        bench.control.enqueue(running)
        try await bench.run { runner, _ in
            try await bench.engine.wait { $0.started == [running.key] }
            try await bench.control.wait { $0.claimsWaiting == 1 }
            runner.drain()
            bench.control.enqueue(late)
            try await bench.control.wait { $0.delivered.map(\.jobID) == ["late"] }
            #expect(bench.control.state.delivered.first?.outcome == .lost)
            bench.engine.finish(running)
            try await bench.control.wait { $0.departures == 1 }
        }
        #expect(bench.engine.state.runs == [running.key])
        #expect(bench.control.state.delivered.map(\.outcome) == [.lost, .success])
        #expect(bench.control.state.claims.count == 2)
    }

    @Test("A control plane that hands out more than was asked for gets the rest back as lost")
    func surplus() async throws {
        let bench = try RunnerBench()
        let jobs = (0..<3).map { JobAssignment.sample("job-\($0)") }
        bench.control.with { state in
            state.intercept = { call, _, state in
                guard call == "claim", state.claims.isEmpty, let json = try? WireJSON.encode(ClaimResponse(jobs: jobs)) else { return nil }
                state.claims.append(ClaimRequest(runnerID: "", sessionID: "", slots: 1, waitSeconds: 0))
                return .status(200, body: json)
            }
        }
        try await bench.run(capacity: 1) { _, _ in
            try await bench.control.wait { $0.delivered.count == 2 }
            #expect(Set(bench.control.state.delivered.map(\.jobID)) == ["job-1", "job-2"])
            #expect(bench.control.state.delivered.map(\.outcome) == [.lost, .lost])
        }
        #expect(bench.engine.state.mostAtOnce == 1)
    }

    @Test("A runner told to stop kills what runs, reports it lost and signs off")
    func stopNow() async throws {
        let bench = try RunnerBench()
        let jobs = [JobAssignment.sample("a"), .sample("b")]
        bench.control.enqueue(jobs[0], jobs[1])
        try await bench.run { runner, _ in
            try await bench.engine.wait { $0.started.count == 2 }
            runner.drain()
            runner.stopNow()
            try await bench.control.wait { $0.departures == 1 }
        }
        #expect(bench.engine.state.terminated == Set(jobs.map(\.key)))
        #expect(bench.log.entries.stops == [jobs[0].key: "lost", jobs[1].key: "lost"])
        #expect(bench.control.state.delivered.map(\.outcome) == [.lost, .lost])
        // Claims and heartbeats that were under way may arrive at any time.
        let calls = bench.control.state.calls.filter { $0 == "result" || $0 == "leave" }
        #expect(calls.last == "leave")
    }

    @Test("A stop reaches an attempt that has not started yet")
    func stopBeforeStart() async throws {
        let bench = try RunnerBench()
        let job = JobAssignment.sample("a")
        bench.engine.holdStarts()
        bench.control.enqueue(job)
        try await bench.run { runner, _ in
            try await bench.engine.wait { $0.running == [job.key] }
            runner.stopNow()
            bench.engine.releaseStarts()
            try await bench.control.wait { $0.departures == 1 }
        }
        #expect(bench.control.state.delivered.map(\.outcome) == [.lost])
    }

    @Test("Cancelling the runner's task is telling it to stop")
    func cancellation() async throws {
        let bench = try RunnerBench()
        let job = JobAssignment.sample("a")
        bench.control.enqueue(job)
        let server = try await bench.control.start()
        let life = Task { try await bench.run(url: server.url) { runner in try await runner.wait { _ in false } } }
        try await bench.engine.wait { $0.started == [job.key] }
        life.cancel()
        try await bench.control.wait { $0.departures == 1 }
        await #expect(throws: CancellationError.self) { try await life.value }
        #expect(bench.control.state.delivered.map(\.outcome) == [.lost])
        try await server.stop()
    }

    @Test("Results that cannot be delivered stay in the spool, and the next start brings them")
    func downAtDrain() async throws {
        let bench = try RunnerBench()
        let job = JobAssignment.sample("a")
        bench.control.enqueue(job)
        var options = RunnerBench.options
        options.drainGrace = .milliseconds(50)
        try await bench.run(options: options) { runner, server in
            try await bench.engine.wait { $0.started == [job.key] }
            try await server.stop()
            runner.drain()
            bench.engine.finish(job)
            try await bench.log.wait(for: "results stay in the spool until the next start")
        }
        #expect(try bench.spooled().count == 1)
        #expect(bench.control.state.delivered.isEmpty && bench.control.state.departures == 0)

        bench.control.with { $0.calls = [] }
        try await bench.run { runner, _ in try await runner.wait { $0.isRegistered } }
        #expect(Array(bench.control.state.calls.prefix(2)) == ["result", "register"])
        #expect(bench.control.state.delivered.map(\.jobID) == ["a"])
        #expect(try bench.spooled() == [])
    }

    @Test("A runner can leave before it ever reached its control plane")
    func neverRegistered() async throws {
        let bench = try RunnerBench()
        let server = try await bench.control.start()
        try await server.stop()
        try await bench.run(url: server.url) { runner in
            try await bench.log.wait(for: "control plane does not respond; retrying until it does")
            runner.drain()
        }
        #expect(bench.control.state.calls == [])
    }
}
