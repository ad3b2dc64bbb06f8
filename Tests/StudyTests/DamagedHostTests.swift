import Foundation
import LynxModel
import TestSupport
import Testing

@Suite("An engine in its host's process that takes it down", .timeLimit(.minutes(5)))
struct DamagedHostTests {
    /// A runner with the engine in C that misbehaves on demand, beside the scenario's.
    private func study(_ scenario: String, runs: Int, slots: Int = 3) async throws -> StudyFixture {
        let study = try StudyFixture(scenario, runs: runs, slots: slots)
        let compiled = try await Command.run(
            "cc",
            [
                "-std=c11", "-shared", "-fPIC", "-I", Repository.path("Sources/EngineABI"), Repository.path("Tests/Fixtures/fault_engine.c"), "-o",
                study.directory.path + "/libFault.so",
            ])
        try #require(compiled.exitCode == 0, "\(compiled.errors)")
        chmod(study.directory.path + "/libFault.so", 0o755)
        let configuration = try study.directory.read("runner.yaml").replacing("engines: [basilisk]", with: "engines: [basilisk, fault]")
        try study.directory.write(
            "runner.yaml", configuration + "engine_path: [\(study.directory.path)]\nengine_options: {fault: {isolation: in_process}}\n")
        return study
    }

    private func faulty(_ study: StudyFixture, _ fault: String) throws {
        try study.directory.write(
            "fault.yaml",
            """
            name: \(fault)
            config:
              simulation: {name: fault, type: fault}
              monte_carlo: {runs: 1, seed: 7}
              dispersions:
                fault: {distribution: {type: constant, value: \(fault)}, units: none}
            """)
    }

    @Test("A crash ends it at once with its simulations, and says in which call", arguments: [
        ("launch_aborts", "runner-host: ended by SIGABRT in launch of engine fault; its simulations end with it"),
        ("collect_aborts", "runner-host: ended by SIGABRT in collect of engine fault; its simulations end with it"),
    ])
    func crash(fault: String, line: String) async throws {
        let study = try await study("tell('started', os.getpid())\nwait()", runs: 1)
        try faulty(study, fault)
        let server = try await ControlPlaneServer.start(study)
        _ = try await server.submit()
        let runner = try server.startRunner()
        try await study.events.expect("started")
        _ = try await server.ask("submit", "fault.yaml")
        let end = try await runner.end()
        #expect(end.signal == SIGABRT)
        #expect(end.errorLines.contains(line), "\(end.errors)")
        #expect(end.errors.contains("libFault.so"))
        // Nobody stays behind: neither simulations nor what would have looked into the crash.
        #expect(await study.lifeline.ended())
        #expect(Simulations.running(below: study.outputRoot).isEmpty)
    }

    @Test("One that closes its host's descriptors, time and again, loses its own job; healthy jobs beside it come to their end")
    func closing() async throws {
        // Long enough for the crash to come while they run.
        let study = try await study("import time\ntime.sleep(1)", runs: 2)
        try faulty(study, "launch_closes")
        let server = try await ControlPlaneServer.start(study)
        let healthy = try await server.submit()
        let end = try await server.ask("submit", "fault.yaml")
        let faulty = try WireJSON.decode(BatchReceipt.self, from: Data(end.output.utf8)).batchID
        // As a service manager does, whatever took the runner down.
        var ends: [Program.End] = []
        while true {
            let runner = try server.startRunner()
            let isSettled = try await withThrowingTaskGroup(of: Bool.self) { group in
                group.addTask {
                    for batch in [faulty, healthy] { _ = try await server.jobs(of: batch) { $0.allSatisfy(\.status.isTerminal) } }
                    return true
                }
                group.addTask {
                    _ = try await runner.end()
                    return false
                }
                defer { group.cancelAll() }
                return try await group.next() ?? false
            }
            if isSettled {
                runner.send(SIGTERM)
                _ = try await runner.end()
                break
            }
            ends.append(try await runner.end())
            try #require(ends.count < 12, "\(ends.map(\.errors))")
        }
        #expect(ends.count > 0 && ends.allSatisfy { $0.exitCode == 70 }, "\(ends.map { ($0.exitCode, $0.signal) })")
        #expect(try await server.jobs(of: faulty).map(\.status) == [.failed])
        #expect(try await server.jobs(of: healthy).allSatisfy { $0.status == .completed && $0.retries == 0 })
        #expect(Simulations.running(below: study.outputRoot).isEmpty)
    }
}
