import FoundationEssentials
import LynxModel
import NIOHTTP1
import Testing

@testable import RunnerHost

@Suite("A runner and the real control plane", .timeLimit(.minutes(5)))
struct RealControlPlaneTests {
    private let plane: RealControlPlane

    init() throws { plane = try RealControlPlane() }

    private func overview(_ batch: String, port: Int) async throws -> BatchOverview {
        try await plane.call(.GET, "/batches/\(batch)", port: port)
    }

    @Test("A study runs through, every job once")
    func study() async throws {
        let bench = try RunnerBench(endsAtOnce: true)
        try await plane.run { port in
            let batch = try await plane.submit(runs: 25, port: port)
            try await bench.run(url: "http://127.0.0.1:\(port)", capacity: 3) { runner in
                try await bench.engine.wait { $0.runs.count == 25 && $0.running.isEmpty }
                try await runner.wait { $0.running.isEmpty && $0.undelivered.isEmpty }
                let end = try await overview(batch, port: port)
                #expect(end.batch.status == .completed)
                #expect(end.count(.completed) == 25)
            }
        }
        #expect(Set(bench.engine.state.runs).count == 25)
        #expect(bench.engine.state.mostAtOnce <= 3)
    }

    @Test("A control plane restarted in the middle of a study finds every job done once")
    func restart() async throws {
        let bench = try RunnerBench()
        let reserved = try await ScriptedServer.start { _ in .hangUp }
        let port = reserved.port
        try await reserved.stop()
        try await bench.run(url: "http://127.0.0.1:\(port)", capacity: 3) { runner in
            let batch = FakeBatch()
            try await plane.run(port: port) { _ in
                let id = try await plane.submit(runs: 12, port: port)
                batch.id.with { $0 = id }
                try await bench.engine.wait { $0.started.count == 3 }
            }
            // Down: what runs ends, and its results wait.
            for key in bench.engine.state.started { bench.engine.finish(key) }
            try await runner.wait { $0.running.isEmpty && $0.undelivered.count == 3 }
            bench.engine.finishAll()
            try await plane.run(port: port) { _ in
                try await bench.engine.wait { $0.runs.count == 12 && $0.running.isEmpty }
                try await runner.wait { $0.running.isEmpty && $0.undelivered.isEmpty }
                let end = try await overview(batch.id.with { $0 }, port: port)
                #expect(end.count(.completed) == 12)
                runner.stopNow()
                try await bench.log.wait(for: "left")
            }
        }
        #expect(Set(bench.engine.state.runs).count == 12)
    }

    private struct FakeBatch: Sendable {
        let id = Monitor("")
    }

    @Test("What a runner left in its spool counts for its successor")
    func successor() async throws {
        let bench = try RunnerBench()
        let reserved = try await ScriptedServer.start { _ in .hangUp }
        let port = reserved.port
        try await reserved.stop()
        let url = "http://127.0.0.1:\(port)"
        var options = RunnerBench.options
        options.drainGrace = .milliseconds(50)
        try await bench.run(url: url, capacity: 2, options: options) { runner in
            try await plane.run(port: port) { _ in
                _ = try await plane.submit(runs: 5, port: port)
                try await bench.engine.wait { $0.started.count == 2 }
            }
            bench.engine.finishAll()
            try await runner.wait { $0.undelivered.count == 2 }
        }
        #expect(try bench.spooled().count == 2)
        try await plane.run(port: port) { _ in
            try await bench.run(url: url, capacity: 2) { runner in
                try await bench.engine.wait { $0.runs.count == 5 && $0.running.isEmpty }
                try await runner.wait { $0.running.isEmpty && $0.undelivered.isEmpty }
                let batches: Batches = try await plane.call(.GET, "/batches", port: port)
                #expect(batches.batches.map(\.completedJobs) == [5])
            }
        }
        #expect(Set(bench.engine.state.runs).count == 5)
        #expect(try bench.spooled() == [])
    }

    private struct Batches: Decodable {
        var batches: [Batch]
    }

    @Test("A copy of the state directory on another machine is refused in one line, and the first loses nothing")
    func copiedIdentity() async throws {
        let bench = try RunnerBench(machine: "bench-1/a")
        let copy = try RunnerBench(machine: "bench-2/b")
        try await plane.run { port in
            let batch = try await plane.submit(runs: 1, port: port)
            try await bench.run(url: "http://127.0.0.1:\(port)") { runner in
                try await bench.engine.wait { $0.started.count == 1 }
                try FileManager.default.createDirectory(
                    atPath: copy.statePath, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
                try FileManager.default.copyItem(atPath: bench.statePath + "/runner-id", toPath: copy.statePath + "/runner-id")
                let refusal = await #expect(throws: ControlPlaneError.self) {
                    try await copy.run(url: "http://127.0.0.1:\(port)") { _ in
                        try await copy.log.wait(for: "registration refused; no new jobs are taken")
                    }
                }
                #expect(refusal?.status == 409)
                #expect(refusal?.description.contains("is at work on machine 'bench-1'") == true)
                #expect(refusal?.description.contains("\n") == false)
                for key in bench.engine.state.started { bench.engine.finish(key) }
                try await runner.wait { $0.running.isEmpty && $0.undelivered.isEmpty }
                #expect(try await overview(batch, port: port).count(.completed) == 1)
            }
        }
        #expect(bench.engine.state.runs.count == 1)
    }

    @Test("A user's cancellation ends the running simulation")
    func cancellation() async throws {
        let bench = try RunnerBench()
        try await plane.run { port in
            let batch = try await plane.submit(runs: 1, port: port)
            try await bench.run(url: "http://127.0.0.1:\(port)") { runner in
                try await bench.engine.wait { $0.started.count == 1 }
                let _: BatchOverview = try await plane.call(.POST, "/batches/\(batch)/cancel", port: port)
                try await bench.log.wait { $0.stops.values.contains("cancelled") }
                try await runner.wait { $0.running.isEmpty && $0.undelivered.isEmpty }
                let end = try await overview(batch, port: port)
                #expect(end.count(.cancelled) == 1)
            }
        }
    }

    @Test("A running simulation is killed long before the next heartbeat is due, and so is one that was claimed during it")
    func fastCancellation() async throws {
        let bench = try RunnerBench()
        // The suite's limit is a minute: whatever waits for a heartbeat, or for the end of one, fails.
        try await plane.run(heartbeatInterval: 3600) { port in
            let first = try await plane.submit(runs: 1, port: port)
            try await bench.run(url: "http://127.0.0.1:\(port)") { runner in
                for batch in [first, try await plane.submit(runs: 1, port: port)] {
                    let key = AttemptKey(jobID: "\(batch)-0", attempt: 1)
                    try await bench.engine.wait { $0.started.contains(key) || $0.terminated.contains(key) }
                    let _: Job = try await plane.call(.POST, "/jobs/\(key.jobID)/cancel", port: port)
                    try await bench.log.wait { $0.stops[key] == "cancelled" }
                    try await runner.wait { !$0.running.contains(key) && !$0.undelivered.contains(key) }
                    #expect(try await overview(batch, port: port).count(.cancelled) == 1)
                }
                let _: Runner = try await plane.call(.POST, "/runners/\(runner.identity.runnerID)/drain", port: port)
                try await runner.wait { $0.isPaused }
                let _: Runner = try await plane.call(.POST, "/runners/\(runner.identity.runnerID)/resume", port: port)
                try await runner.wait { !$0.isPaused }
            }
        }
    }

    @Test("A drained runner takes no jobs, and takes them again when resumed")
    func drainAndResume() async throws {
        let bench = try RunnerBench(endsAtOnce: true)
        try await plane.run { port in
            try await bench.run(url: "http://127.0.0.1:\(port)") { runner in
                try await runner.wait { $0.isRegistered }
                let _: Runner = try await plane.call(.POST, "/runners/\(runner.identity.runnerID)/drain", port: port)
                try await runner.wait { $0.isPaused }
                _ = try await plane.submit(runs: 1, port: port)
                #expect(bench.engine.state.runs == [])
                let _: Runner = try await plane.call(.POST, "/runners/\(runner.identity.runnerID)/resume", port: port)
                try await bench.engine.wait { $0.runs.count == 1 && $0.running.isEmpty }
                try await runner.wait { $0.running.isEmpty && $0.undelivered.isEmpty }
            }
        }
    }

    @Test("Jobs of a runner that is told to stop go to another at once")
    func stopNow() async throws {
        let (bench, other) = try (RunnerBench(), RunnerBench(endsAtOnce: true))
        try await plane.run { port in
            let batch = try await plane.submit(runs: 2, port: port)
            try await bench.run(url: "http://127.0.0.1:\(port)") { runner in
                try await bench.engine.wait { $0.started.count == 2 }
            }
            #expect(Set(bench.log.entries.stops.values) == ["lost"] && bench.engine.state.terminated.count == 2)
            try await other.run(url: "http://127.0.0.1:\(port)") { runner in
                try await other.engine.wait { $0.runs.count == 2 && $0.running.isEmpty }
                try await runner.wait { $0.running.isEmpty && $0.undelivered.isEmpty }
                let end = try await overview(batch, port: port)
                #expect(end.count(.completed) == 2)
            }
            #expect(Set(other.engine.state.runs.map(\.attempt)) == [2])
        }
    }
}
