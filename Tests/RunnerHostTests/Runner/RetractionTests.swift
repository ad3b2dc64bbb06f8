import FoundationEssentials
import LynxModel
import NIOHTTP1
import TestSupport
import Testing

@testable import RunnerHost

@Suite("What engines take back", .timeLimit(.minutes(5)))
struct RetractionTests {
    private func bench(version: String = "1.4") throws -> RunnerBench {
        let bench = try RunnerBench(endsAtOnce: true)
        bench.control.with { $0.protocolVersion = version }
        bench.engine.monitor.with { $0.basis = { _ in "proof" } }
        return bench
    }

    @Test("It is delivered once, however often the engine says it, and then forgotten")
    func once() async throws {
        let bench = try bench()
        try await bench.run { runner, _ in
            for reason in ["first", "second"] { runner.retract(basis: "proof", reason: reason) }
            try await runner.wait { $0.retractions == 0 }
            runner.retract(basis: "proof", reason: "third")
            runner.retract(basis: "another", reason: "fourth")
            try await bench.control.wait { $0.retractions.count == 2 }
            try await runner.wait { $0.retractions == 0 }
            #expect(bench.control.state.retractions.map(\.reason) == ["first", "fourth"])
            #expect(bench.control.state.retractions.allSatisfy { $0.runnerID == runner.identity.runnerID })
            #expect(try bench.spooled() == [])
        }
    }

    @Test("When the engine's call returns it is on disk, and the next process delivers it: before the results that rest on it, and before it registers")
    func survives() async throws {
        let bench = try bench()
        bench.control.enqueue(.sample("rests"))
        bench.control.with { state in
            state.intercept = { call, _, _ in call == "result" || call == "results" || call == "retractions" ? .problem(503, "later") : nil }
        }
        var options = RunnerBench.options
        options.drainGrace = .milliseconds(20)
        try await bench.run(options: options) { runner, _ in
            try await runner.wait { $0.undelivered.count == 1 }
            runner.retract(basis: "proof", reason: "wrong")
            let files = try bench.spooled().filter { $0.hasSuffix(".retraction") }
            #expect(files.count == 1)
            let text = try bench.directory.read("state/spool/\(files[0])")
            #expect(try WireJSON.decode(Retraction.self, from: Data(text.utf8)).basis == "proof")
        }
        #expect(try bench.spooled().count == 2)

        bench.control.with { state in
            state.intercept = { _, _, _ in nil }
            state.calls = []
        }
        try await bench.run { runner, _ in
            try await bench.control.wait { $0.delivered.count == 1 && $0.registrations.count == 2 }
            try await runner.wait { $0.undelivered.isEmpty && $0.retractions == 0 }
        }
        let calls = bench.control.state.calls
        let order = try ["retractions", "result", "register"].map { try #require(calls.firstIndex(of: $0)) }
        #expect(order == order.sorted())
        #expect(try bench.spooled() == [])
    }

    @Test("A control plane that is older than the call is not asked, its results are not held up, and what was taken back is kept until one can do it")
    func older() async throws {
        let bench = try bench(version: "1.3")
        bench.control.enqueue(.sample("rests"))
        try await bench.run { runner, _ in
            try await runner.wait { $0.isRegistered }
            runner.retract(basis: "proof", reason: "wrong")
            try await bench.control.wait { $0.delivered.count == 1 }
            try await bench.log.wait(for: "the control plane cannot retract results; retractions are kept until it can: update it")
        }
        #expect(try bench.spooled().count == 1)
        #expect(bench.control.state.departures == 1)
        // It is asked once before it has said how old it is.
        for _ in 0..<2 { try await bench.run { runner, _ in try await runner.wait { $0.isRegistered } } }
        #expect(bench.control.state.count(of: "retractions") <= 2)

        bench.control.with { $0.protocolVersion = "1.4" }
        try await bench.run { runner, _ in try await runner.wait { $0.isRegistered && $0.retractions == 0 } }
        #expect(bench.control.state.retractions.map(\.basis) == ["proof"])
        #expect(try bench.spooled() == [])
    }

    @Test("A control plane that does not know the runner yet gets it after the registration, one that breaks down over it gets its results nonetheless")
    func refused() async throws {
        let bench = try bench()
        bench.control.with { state in
            state.intercept = { call, _, state in call == "retractions" && state.registrations.isEmpty ? .problem(404, "no such runner") : nil }
        }
        do {
            let state = try StateDirectory(path: bench.statePath)
            try Spool(state).store(Retraction(runnerID: state.runnerID, basis: "proof", reason: "wrong"))
        }
        try await bench.run { runner, _ in try await bench.control.wait { $0.retractions.count == 1 } }

        bench.control.with { state in
            state.intercept = { call, _, _ in call == "retractions" ? .problem(500, "broken") : nil }
            state.pending = [.sample("rests")]
        }
        try await bench.run { runner, _ in
            runner.retract(basis: "proof", reason: "wrong")
            try await bench.control.wait { $0.delivered.count == 1 }
            bench.control.with { $0.intercept = { _, _, _ in nil } }
            try await runner.wait { $0.retractions == 0 }
        }
        #expect(bench.control.state.retractions.count == 2)
    }

    @Test("A runner that drains waits for its delivery, and a file that holds nothing of it is set aside")
    func drains() async throws {
        let bench = try bench()
        _ = try StateDirectory(path: bench.statePath)
        try bench.directory.write("state/spool/0.retraction", "half of i")
        bench.control.with { state in
            state.intercept = { call, _, state in call == "retractions" && state.count(of: "retractions") < 4 ? .problem(503, "later") : nil }
        }
        try await bench.run { runner, _ in
            try await runner.wait { $0.isRegistered }
            runner.retract(basis: "proof", reason: "wrong")
            runner.drain()
        }
        #expect(bench.control.state.retractions.map(\.basis) == ["proof"])
        #expect(bench.control.state.departures == 1)
        #expect(try bench.spooled() == ["0.retraction.corrupt"])
    }

    @Test("With the real control plane every result that rests on it is made again, and no other", arguments: [false, true])
    func real(onPostgres: Bool) async throws {
        let database = onPostgres ? try PostgresDatabase() : nil
        let plane = try RealControlPlane(database: database?.url)
        let bench = try bench()
        bench.engine.monitor.with { state in
            state.basis = { key in key.attempt > 1 ? nil : key.jobID.hasSuffix("-0") ? "another" : "proof" }
        }
        try await plane.run { port in
            let batch = try await plane.submit(runs: 4, port: port)
            try await bench.run(url: "http://127.0.0.1:\(port)") { runner in
                try await bench.engine.wait { $0.runs.count == 4 }
                try await runner.wait { $0.running.isEmpty && $0.undelivered.isEmpty }
                let ended: BatchOverview = try await plane.call(.GET, "/batches/\(batch)", port: port)
                #expect(ended.batch.status == .completed)
                runner.retract(basis: "proof", reason: "wrong")
                try await bench.engine.wait { $0.runs.count == 7 }
                try await runner.wait { $0.running.isEmpty && $0.undelivered.isEmpty }
            }
            let overview: BatchOverview = try await plane.call(.GET, "/batches/\(batch)", port: port)
            #expect(overview.batch.status == .completed)
            #expect(overview.batch.warnings == ["3 results were taken back and run again: wrong"])
            for run in 0..<4 {
                let result: JobResult = try await plane.call(.GET, "/jobs/\(batch)-\(run)/results", port: port)
                #expect((result.metadata.attempt, result.metadata.basis) == (run == 0 ? (1, "another") : (2, nil)))
            }
        }
    }
}
