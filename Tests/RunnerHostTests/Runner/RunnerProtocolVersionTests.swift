import FoundationEssentials
import LynxModel
import Testing

@testable import RunnerHost

@Suite("Control planes of other versions", .timeLimit(.minutes(5)))
struct RunnerProtocolVersionTests {
    @Test("One of 1.0 is sent heartbeats at intervals, with nothing in them that it does not know")
    func old() async throws {
        let bench = try RunnerBench()
        bench.control.enqueue(.sample("a"))
        try await bench.run { _, _ in
            try await bench.control.wait { $0.heartbeats.count >= 3 && $0.heartbeats.last?.attempts.count == 1 }
        }
        #expect(bench.control.state.heartbeats.allSatisfy { $0.waitSeconds == nil && $0.cancelling == nil && $0.drained == nil })
    }

    @Test("One of 1.1 is asked to hold them for the interval, and told what is being stopped already")
    func current() async throws {
        let bench = try RunnerBench()
        let job = JobAssignment.sample("a")
        bench.control.with { state in
            state.protocolVersion = "1.1"
            state.cancel = [job.key]
            state.isDraining = false
        }
        bench.engine.holdStarts()
        bench.control.enqueue(job)
        try await bench.run { _, _ in
            try await bench.control.wait { $0.heartbeats.last?.cancelling == [job.key] }
            bench.control.with { $0.isDraining = true }
            try await bench.control.wait { $0.heartbeats.last?.drained == true }
            bench.engine.releaseStarts()
            try await bench.control.wait { $0.delivered.count == 1 }
        }
        #expect(bench.control.state.heartbeats.allSatisfy { $0.waitSeconds == 0.02 })
        #expect(bench.control.state.delivered.map(\.outcome) == [.cancelled])
    }

    @Test("A fault of the simulator is told to one of 1.2, and to an earlier one as a failure", arguments: [
        ("1.2", AttemptOutcome.simulatorFault), ("1.1", .failure),
    ])
    func simulatorFault(version: String, told: AttemptOutcome) async throws {
        let bench = try RunnerBench()
        let job = JobAssignment.sample("a")
        bench.control.with { $0.protocolVersion = version }
        bench.control.enqueue(job)
        bench.engine.finish(job, .simulatorFault)
        try await bench.run { _, _ in try await bench.control.wait { $0.delivered.count == 1 } }
        #expect(bench.control.state.delivered.map(\.outcome) == [told])
    }

    @Test("One that is two minor versions ahead, or of another major one, is refused in one line that says what to do", arguments: ["1.9", "2.0", "new"])
    func incompatible(version: String) async throws {
        let bench = try RunnerBench()
        bench.control.with { $0.protocolVersion = version }
        let error = await #expect(throws: ControlPlaneError.self) {
            try await bench.run { _, _ in try await bench.log.wait(for: "registration refused; no new jobs are taken") }
        }
        #expect(
            error?.description.hasSuffix(
                " speaks protocol \(version), this runner 1.7, its earlier minor versions, and one later; update the older of the two") == true)
    }

    @Test("Only one of 1.3 is sent several results in one call", arguments: ["1.2", "1.3", "1.4"])
    func groups(version: String) async throws {
        let bench = try RunnerBench(endsAtOnce: true)
        bench.control.with { state in
            state.protocolVersion = version
            state.pending = (0..<40).map { .sample("job-\($0)") }
            state.resultDelay = .milliseconds(20)
        }
        try await bench.run(capacity: 8) { runner, _ in
            try await bench.control.wait { $0.delivered.count == 40 }
            try await runner.wait { $0.undelivered.isEmpty }
            #expect(try bench.spooled() == [])
        }
        let state = bench.control.state
        #expect(Set(state.delivered.map(\.jobID)).count == 40)
        #expect((state.count(of: "results") > 0) == (version != "1.2"))
        #expect(version == "1.2" ? state.count(of: "result") == 40 : state.count(of: "result") + state.count(of: "results") < 40)
    }
}
