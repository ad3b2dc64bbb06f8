import FoundationEssentials
import LynxModel
import Testing

@testable import RunnerHost

@Suite("Results that go together", .timeLimit(.minutes(5)))
struct ResultGroupTests {
    /// Jobs that end at once, against a control plane that is slow over results, so that groups form.
    private func bench(_ jobs: [String]) throws -> RunnerBench {
        let bench = try RunnerBench(endsAtOnce: true)
        bench.control.with { state in
            state.protocolVersion = "1.3"
            state.resultDelay = .milliseconds(20)
            state.pending = jobs.map { .sample($0) }
        }
        return bench
    }

    private let good = (0..<20).map { "good-\($0)" }

    @Test("What is wrong with one does not touch the others")
    func mixed() async throws {
        let bench = try bench(["stale", "bad"] + good)
        bench.control.with { state in
            state.stale = [AttemptKey(jobID: "stale", attempt: 1)]
            state.refuse = { $0.jobID == "bad" ? Problem(title: "no", status: 422) : nil }
        }
        try await bench.run(capacity: 8) { runner, _ in
            try await bench.control.wait { $0.delivered.count == good.count }
            try await runner.wait { $0.undelivered.isEmpty }
            #expect(try bench.spooled() == [])
        }
        #expect(Set(bench.control.state.delivered.map(\.jobID)) == Set(good))
        #expect(bench.control.state.count(of: "results") > 0)
        #expect(bench.log.first("dropped; the control plane gave the job to another attempt")?.metadata["job"] == "stale")
    }

    @Test("Where a group is not understood, or breaks the control plane, each is sent by itself", arguments: [413, 422, 500])
    func refusedWhole(status: Int) async throws {
        let bench = try bench(good)
        bench.control.with { state in
            state.intercept = { call, _, _ in call == "results" ? .status(status) : nil }
        }
        try await bench.run(capacity: 8) { runner, _ in
            try await bench.control.wait { $0.delivered.count == good.count }
            try await runner.wait { $0.undelivered.isEmpty }
        }
        #expect(Set(bench.control.state.delivered.map(\.jobID)) == Set(good))
        #expect(bench.control.state.count(of: "results") > 0)
    }

    @Test("A group whose answer is lost is sent again", arguments: [503, 204])
    func lostAnswer(status: Int) async throws {
        let bench = try bench(good)
        bench.control.with { state in
            // 204 is no answer to a group: as good as none.
            state.intercept = { call, _, state in
                call == "results" && state.count(of: "results") <= 2 ? .status(status) : nil
            }
        }
        try await bench.run(capacity: 8) { runner, _ in
            try await bench.control.wait { $0.delivered.count == good.count }
            try await runner.wait { $0.undelivered.isEmpty }
            #expect(try bench.spooled() == [])
        }
        #expect(bench.control.state.count(of: "results") > 2)
    }
}
