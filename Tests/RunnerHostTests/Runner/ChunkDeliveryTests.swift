import FoundationEssentials
import LynxModel
import Testing

@testable import RunnerHost

@Suite("Telemetry on its way to the control plane", .timeLimit(.minutes(5)))
struct ChunkDeliveryTests {
    private let job = JobAssignment.sample("a")

    private func bench(version: String? = "1.1") throws -> RunnerBench {
        let bench = try RunnerBench()
        bench.control.with { $0.protocolVersion = version }
        bench.control.enqueue(job)
        return bench
    }

    /// Where the running attempt's chunks go.
    private func chunks(_ bench: RunnerBench, _ runner: RunnerService) async throws -> TelemetryChunks {
        try await bench.engine.wait { [job] in $0.started == [job.key] }
        return TelemetryChunks(try #require(runner.attempt(job.key)), runner)
    }

    @Test("Chunks come in order while the attempt runs, and its result after them")
    func order() async throws {
        let bench = try bench()
        try await bench.run { runner, _ in
            let chunks = try await chunks(bench, runner)
            #expect(chunks.isOpen)
            for byte in UInt8(0)..<5 { try chunks.spool(Data([byte])) }
            try await bench.control.wait { $0.chunks.count == 5 }
            #expect(chunks.count == 5)
            #expect(bench.control.state.chunks.map(\.seq) == [0, 1, 2, 3, 4])
            #expect(bench.control.state.chunks.map(\.body) == (UInt8(0)..<5).map { Data([$0]) })
            bench.engine.finish(job)
            try await bench.control.wait { $0.delivered.count == 1 }
            try await runner.wait { $0.running.isEmpty && $0.undelivered.isEmpty }
            #expect(try bench.spooled() == [])
        }
    }

    @Test("A control plane of 1.0 gets none")
    func oldControlPlane() async throws {
        let bench = try bench(version: nil)
        try await bench.run { runner, _ in
            let chunks = try await chunks(bench, runner)
            #expect(!chunks.isOpen)
            bench.engine.finish(job)
            try await bench.control.wait { $0.delivered.count == 1 }
        }
        #expect(bench.control.state.chunks.isEmpty)
    }

    @Test("In an outage they gather in the spool up to a bound, and go first when it is over")
    func outage() async throws {
        let bench = try bench()
        var options = RunnerBench.options
        options.chunkBytesPerAttempt = 4
        try await bench.run(options: options) { runner, _ in
            let chunks = try await chunks(bench, runner)
            bench.control.with { $0.intercept = { call, _, _ in call == "claim" || call == "heartbeat" ? nil : .problem(503, "away") } }
            try chunks.spool(Data([1, 2]))
            #expect(chunks.isOpen)
            try chunks.spool(Data([3, 4]))
            #expect(!chunks.isOpen)
            #expect(chunks.warnings.first?.hasPrefix("telemetry: 4 bytes of it were waiting") == true)
            bench.engine.finish(job)
            try await bench.log.wait(for: "ended")
            bench.control.with { $0.intercept = { _, _, _ in nil } }
            try await bench.control.wait { $0.delivered.count == 1 }
            let calls = bench.control.state.calls.filter { $0 == "telemetry" || $0 == "result" }
            #expect(calls.suffix(3) == ["telemetry", "telemetry", "result"])
        }
    }

    /// What a killed process left: a result with two chunks, and a chunk of an attempt without one.
    private func leave(in bench: RunnerBench) throws {
        let spool = Spool(try StateDirectory(path: bench.statePath))
        var report = AttemptReport.sample(job)
        report.telemetryChunks = 2
        try spool.store(try WireJSON.encode(report), for: job.key)
        for seq in 0..<2 { try spool.store(chunk: Data([UInt8(seq)]), seq, for: job.key) }
        try spool.store(chunk: Data([9]), 0, for: AttemptKey(jobID: "killed", attempt: 1))
    }

    @Test("The next process delivers what was spooled, chunks first, and forgets those of attempts that had no result")
    func successor() async throws {
        let bench = try RunnerBench()
        try leave(in: bench)
        try await bench.run { runner, _ in
            try await bench.control.wait { $0.delivered.count == 1 && $0.registrations.count == 1 }
            try await runner.wait { $0.undelivered.isEmpty }
            #expect(bench.control.state.calls.prefix(4) == ["telemetry", "telemetry", "result", "register"])
            #expect(bench.control.state.chunks.map(\.seq) == [0, 1])
            #expect(try bench.spooled() == [])
        }
    }

    @Test("Refused or stale chunks are dropped, no more are taken, and the result still goes", arguments: [409, 413, 422])
    func refused(status: Int) async throws {
        let bench = try bench()
        try await bench.run { runner, _ in
            bench.control.with { $0.intercept = { call, _, _ in call == "telemetry" ? .problem(status, "no") : nil } }
            let chunks = try await chunks(bench, runner)
            try chunks.spool(Data([1]))
            try await bench.log.wait(for: "telemetry dropped; the control plane will not have it")
            // It says so just before it closes.
            while chunks.isOpen { try await Task.sleep(for: .milliseconds(1)) }
            #expect(throws: (any Error).self) { try chunks.spool(Data([2])) }
            bench.engine.finish(job)
            try await bench.control.wait { $0.delivered.count == 1 }
            try await runner.wait { $0.undelivered.isEmpty }
            #expect(try bench.spooled() == [])
        }
    }

    @Test("A control plane that misses chunks gets a result that says they were lost")
    func missing() async throws {
        let bench = try RunnerBench()
        bench.control.with { $0.protocolVersion = "1.1" }
        var job = job
        job.telemetry.bufferFlushIntervalSeconds = 0.001
        bench.control.enqueue(job)
        try await bench.run { _, _ in
            bench.control.with { state in
                state.intercept = { call, body, _ in
                    guard call == "result", let report = try? WireJSON.decode(AttemptReport.self, from: body) else { return nil }
                    return report.telemetryChunks == nil ? nil : .problem(428, "chunks are missing")
                }
            }
            try await bench.control.wait { !$0.chunks.isEmpty }
            bench.engine.finish(job)
            try await bench.control.wait { $0.delivered.count == 1 }
        }
        let report = try #require(bench.control.state.delivered.first)
        #expect(report.telemetryChunks == nil)
        #expect(report.result.metadata.warnings == ["telemetry: a part of it was lost on its way to the control plane"])
        #expect(try bench.spooled() == [])
    }
}
