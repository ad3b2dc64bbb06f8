import FoundationEssentials
import LynxModel
import Testing

@testable import RunnerHost

@Suite("A runner without its control plane", .timeLimit(.minutes(5)))
struct RunnerOutageTests {
    @Test("While the control plane is away jobs run on; their results arrive when it is back")
    func outage() async throws {
        let bench = try RunnerBench()
        let jobs = [JobAssignment.sample("a"), .sample("b")]
        bench.control.enqueue(jobs[0], jobs[1])
        try await bench.run { runner, server in
            try await bench.engine.wait { $0.started.count == 2 }
            try await server.stop()
            try await bench.log.wait(for: "control plane does not respond; retrying until it does")
            for job in jobs { bench.engine.finish(job) }
            try await runner.wait { $0.running.isEmpty && $0.undelivered.count == 2 }
            #expect(try bench.spooled().count == 2)

            let again = try await bench.control.start(port: server.port)
            try await bench.control.wait { $0.delivered.count == 2 }
            try await runner.wait { $0.undelivered.isEmpty }
            #expect(try bench.spooled() == [])
            // It still knew the runner: nothing to register.
            #expect(runner.activity.registrations == 1)

            let next = JobAssignment.sample("c")
            bench.engine.finish(next)
            bench.control.enqueue(next)
            try await bench.control.wait { $0.delivered.count == 3 }
            runner.stopNow()
            try await bench.control.wait { $0.departures == 1 }
            try await again.stop()
        }
        #expect(Set(bench.control.state.delivered.map(\.jobID)).count == 3)
    }

    @Test("A control plane that has forgotten the runner gets the same session again, and the attempts in it")
    func forgotten() async throws {
        let bench = try RunnerBench()
        let job = JobAssignment.sample("a")
        bench.control.enqueue(job)
        try await bench.run { runner, _ in
            try await bench.engine.wait { $0.started == [job.key] }
            let beats = bench.control.with { $0.heartbeats.count }
            bench.control.forgetSessions()
            try await bench.control.wait { $0.registrations.count == 2 }
            try await bench.control.wait { $0.heartbeats.count > beats && $0.heartbeats.last?.attempts == [job.key] }
            bench.engine.finish(job)
            try await bench.control.wait { $0.delivered.count == 1 }
        }
        let sessions = bench.control.with { Set($0.registrations.map(\.sessionID)) }
        #expect(sessions.count == 1)
    }

    @Test("A result refused for want of a session is delivered after registering again", arguments: [401, 404])
    func resultWithoutSession(status: Int) async throws {
        let bench = try RunnerBench()
        let job = JobAssignment.sample("a")
        bench.control.enqueue(job)
        try await bench.run { runner, _ in
            try await bench.engine.wait { $0.started == [job.key] }
            bench.control.with { state in
                state.intercept = { call, _, state in
                    call == "result" && state.registrations.count == 1 ? .problem(status, "who are you") : nil
                }
            }
            bench.engine.finish(job)
            try await bench.control.wait { $0.delivered.count == 1 && $0.registrations.count == 2 }
            try await runner.wait { $0.undelivered.isEmpty }
        }
    }

    @Test("Answers that break off or make no sense are outlived, on every call")
    func noise() async throws {
        let bench = try RunnerBench(endsAtOnce: true)
        bench.control.with { state in
            state.pending = (0..<10).map { .sample("job-\($0)") }
            // Every second call of each kind goes wrong, each time in another way.
            state.intercept = { call, _, state in
                let count = state.calls.filter { $0 == call }.count
                guard count % 2 == 1, count < 40 else { return nil }
                switch count / 2 % 5 {
                case 0: return .hangUp
                case 1: return .status(500)
                case 2: return .status(200, body: Data("<html>".utf8))
                case 3: return .bytes("garbage\r\n\r\n")
                default: return .status(429, headers: ["retry-after: 0"])
                }
            }
        }
        try await bench.run { runner, _ in
            try await bench.control.wait { $0.delivered.count == 10 }
            try await runner.wait { $0.undelivered.isEmpty }
        }
        #expect(Set(bench.control.state.delivered.map(\.jobID)).count == 10)
    }

    @Test("A runner whose rights are taken away finishes what runs, keeps the results and says why it ends")
    func revoked() async throws {
        let bench = try RunnerBench()
        let job = JobAssignment.sample("a")
        bench.control.enqueue(job)
        var options = RunnerBench.options
        options.drainGrace = .milliseconds(50)
        let error = await #expect(throws: ControlPlaneError.self) {
            try await bench.run(options: options) { runner, _ in
                try await bench.engine.wait { $0.started == [job.key] }
                bench.control.with { state in state.intercept = { _, _, _ in .problem(401, "revoked") } }
                try await runner.wait { $0.phase == .draining }
                #expect(bench.engine.state.terminated == [] && bench.log.entries.stops == [:])
                bench.engine.finish(job)
                try await runner.wait { $0.running.isEmpty }
            }
        }
        #expect(error?.status == 401)
        #expect(try bench.spooled().count == 1)
    }
}
