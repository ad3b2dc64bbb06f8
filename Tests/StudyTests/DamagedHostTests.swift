import Foundation
import LynxModel
import TestSupport
import Testing

@Suite("An engine that takes its host down", .timeLimit(.minutes(5)))
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
        try study.directory.write("runner.yaml", configuration + "engine_path: [\(study.directory.path)]\n")
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
}
