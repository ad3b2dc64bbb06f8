import FoundationEssentials
import LynxModel
import Testing

@testable import RunnerHost

@Suite("A runner that starts", .timeLimit(.minutes(5)))
struct RunnerStartTests {
    /// Leaves a report in the spool, as a process does that was killed before it was delivered.
    private func leave(_ job: JobAssignment, in bench: RunnerBench) throws {
        let spool = Spool(try StateDirectory(path: bench.statePath))
        try spool.store(try WireJSON.encode(AttemptReport.sample(job)), for: job.key)
    }

    @Test("What a killed process left is delivered, once, before its successor registers")
    func leftovers() async throws {
        let bench = try RunnerBench()
        for index in 0..<10 { try leave(.sample("job-\(index)"), in: bench) }
        try await bench.run { runner, _ in
            try await runner.wait { $0.isRegistered && $0.undelivered.isEmpty }
            #expect(try bench.spooled() == [])
        }
        #expect(bench.control.state.delivered.count == 10)
        #expect(Array(bench.control.state.calls.prefix(11)) == Array(repeating: "result", count: 10) + ["register"])
    }

    @Test("What a control plane does not know is offered again after registering, and then given up")
    func unknownLeftover() async throws {
        let bench = try RunnerBench()
        try leave(.sample("a"), in: bench)
        bench.control.with { state in state.intercept = { call, _, _ in call == "result" ? .problem(404, "no such job") : nil } }
        try await bench.run { runner, _ in
            try await runner.wait { $0.isRegistered && $0.undelivered.isEmpty }
        }
        #expect(bench.control.state.count(of: "result") == 2)
        #expect(try bench.spooled() == [])
        #expect(bench.log.first("result refused; it is given up")?.metadata["job"] == "a")
    }

    @Test("What another server refuses stays in the spool until a control plane has taken this runner in")
    func refusedByAnother() async throws {
        let bench = try RunnerBench()
        try leave(.sample("a"), in: bench)
        bench.control.with { state in
            state.intercept = { call, _, state in state.registrations.isEmpty && call == "result" ? .status(405) : nil }
        }
        try await bench.run { runner, _ in
            try await runner.wait { $0.isRegistered && $0.undelivered.isEmpty }
        }
        #expect(bench.control.state.delivered.map(\.outcome) == [.success])
        #expect(try bench.spooled() == [])
    }

    @Test("A spool file that is no report is set aside and logged, and the runner starts")
    func corruptSpool() async throws {
        let bench = try RunnerBench(endsAtOnce: true)
        try leave(.sample("a"), in: bench)
        let name = try #require(try bench.spooled().first)
        let path = "\(bench.spoolPath)/\(name)"
        let whole = try Data(contentsOf: URL(filePath: path))
        try whole.prefix(whole.count / 2).write(to: URL(filePath: path))
        bench.control.enqueue(.sample("b"))
        try await bench.run { _, _ in try await bench.control.wait { $0.delivered.map(\.jobID) == ["b"] } }
        #expect(try bench.spooled() == [name + ".corrupt"])
        #expect(bench.log.first("spool file set aside")?.metadata["file"] == path + ".corrupt")
    }

    @Test("A refused registration ends the runner, with the control plane's reason")
    func refused() async throws {
        let bench = try RunnerBench()
        bench.control.with { state in
            state.intercept = { call, _, _ in
                call == "register" ? .problem(422, "the protocol version is '1.0'; this control plane speaks 2.0") : nil
            }
        }
        let error = await #expect(throws: ControlPlaneError.self) {
            try await bench.run { runner, _ in try await runner.wait { $0.phase == .draining } }
        }
        #expect(
            error?.description.contains("/runner/v1/register with status 422: the protocol version is '1.0'; this control plane speaks 2.0")
                == true)
        #expect(bench.control.state.departures == 0)
    }

    @Test("A URL that leads to another server ends the runner, also with results in the spool", arguments: [404, 403, 308])
    func wrongServer(status: Int) async throws {
        let bench = try RunnerBench()
        try leave(.sample("a"), in: bench)
        bench.control.with { state in state.intercept = { _, _, _ in .status(status) } }
        let error = await #expect(throws: ControlPlaneError.self) {
            try await bench.run { runner, _ in try await runner.wait { $0.phase == .draining } }
        }
        #expect(error?.status == status)
        #expect(try bench.spooled().count == 1)
    }

    @Test("A runner started before its control plane waits for it")
    func lateControlPlane() async throws {
        let bench = try RunnerBench(endsAtOnce: true)
        let reserved = try await ScriptedServer.start { _ in .hangUp }
        try await reserved.stop()
        bench.control.enqueue(.sample("a"))
        try await bench.run(url: reserved.url) { runner in
            try await bench.log.wait(for: "control plane does not respond; retrying until it does")
            let server = try await bench.control.start(port: reserved.port)
            try await bench.control.wait { $0.delivered.count == 1 }
            try await runner.wait { $0.undelivered.isEmpty }
            runner.stopNow()
            try await bench.control.wait { $0.departures == 1 }
            try await server.stop()
        }
        #expect(bench.log.first("control plane responds again") != nil)
        let outages = bench.log.entries.filter { $0.message.hasPrefix("control plane does not respond") }
        #expect(outages.count == 1)
    }

    @Test("A second runner on the same state directory is refused while the first runs")
    func secondInstance() async throws {
        let bench = try RunnerBench()
        try await bench.run { _, _ in
            let second: () throws -> Void = { _ = try StateDirectory(path: bench.statePath) }
            let error = #expect(throws: StateDirectoryError.self, performing: second)
            #expect(error?.description.contains("(pid \(ProcessInfo.processInfo.processIdentifier))") == true)
        }
    }
}
