import Foundation
import LynxModel
import TestSupport
import Testing

@Suite("Named scenarios on a runner", .timeLimit(.minutes(5)))
struct ScenarioTests {
    private static let scenario = """
        tell("default", run)
        """

    /// A scenario in a file of its own that tells its name and its variables, and waits.
    private func write(_ name: String, in study: StudyFixture) throws {
        let prelude = try study.directory.read("scenario.py").replacing(Self.scenario, with: "")
        try study.directory.write("\(name).py", prelude + "tell('\(name)', run, os.environ.get('KIND', 'none'))\nwait()\n")
    }

    private func configure(_ study: StudyFixture, _ scenarios: String) throws {
        let fixed = try study.directory.read("runner.yaml").split(separator: "scenarios:", omittingEmptySubsequences: false)[0]
        try study.directory.write("runner.yaml", fixed + "scenarios: \(scenarios)\n")
    }

    /// The batch file, for another scenario.
    private func select(_ scenario: String, in study: StudyFixture) throws {
        let batch = try study.directory.read("batch.yaml")
        let lines = batch.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.contains("simulation:") ? "  simulation: {name: scripted, scenario: \(scenario)}" : String(line)
        }
        try study.directory.write("batch.yaml", lines.joined(separator: "\n"))
    }

    @Test("SIGHUP brings new scenarios and takes old ones away, while jobs run on; a wrong file is told and changes nothing")
    func reload() async throws {
        let study = try StudyFixture(Self.scenario, runs: 2, slots: 2)
        try write("orbit", in: study)
        try write("attitude", in: study)
        try configure(study, "{orbit: {entrypoint: orbit.py, env: {KIND: first}}}")
        let server = try await ControlPlaneServer.start(study)
        let log = try EventPipe(study.directory.path + "/log")
        let runner = try server.startRunner(errors: log)
        try select("orbit", in: study)
        let first = try await server.submit()
        #expect(Set(try await study.events.expect("orbit", count: 2)) == ["orbit 0 first", "orbit 1 first"])

        try configure(study, "{orbit: {entrypoint: nowhere.py}, attitude: {entrypoint: attitude.py}}")
        runner.send(SIGHUP)
        let refusal = try await log.expect("the new configuration is not used, the old one stays").last ?? ""
        #expect(refusal.contains("scenarios.orbit.entrypoint: no such file 'nowhere.py'; give the path of one that is there"), "\(refusal)")

        try configure(study, "{attitude: {entrypoint: attitude.py, env: {KIND: second}}}")
        runner.send(SIGHUP)
        try await log.expect("configuration read again")
        study.gate.open(for: 2)
        #expect(try await server.results(of: first).batch.status == .completed)

        // What is gone is waited for, and what is new is run.
        let waiting = try await server.submit()
        let reason = "no registered runner has the scenario 'orbit'; there are: attitude"
        _ = try await server.jobs(of: waiting, once: { jobs in jobs.allSatisfy { $0.pendingReason == reason } })
        try select("attitude", in: study)
        let second = try await server.submit()
        #expect(Set(try await study.events.expect("attitude", count: 2)) == ["attitude 0 second", "attitude 1 second"])
        study.gate.open(for: 2)
        let done = try await server.results(of: second)
        #expect(done.batch.status == .completed)
        #expect(done.results.allSatisfy { $0.metadata.provenance?.files["scenario"] != nil && $0.metadata.engine == "basilisk" })
        let runners = try await study.start("lynxctl", ["runners", "--control-plane", server.url]).end()
        #expect(runners.output.contains("attitude@") && !runners.output.contains("orbit@"), "\(runners.output)")

        runner.send(SIGTERM)
        _ = try await runner.end()
        server.program.send(SIGTERM)
        _ = try await server.program.end()
    }

    @Test("A name that the runner of lynxctl run does not have ends it with exit code 2 and the nearest one")
    func unknown() async throws {
        let study = try StudyFixture(Self.scenario, runs: 1)
        try write("orbit", in: study)
        try configure(study, "{orbit: {entrypoint: orbit.py}}")
        try select("orbitt", in: study)
        let end = try await study.startRun().end()
        #expect(end.exitCode == 2)
        #expect(end.errors.contains("this runner has no scenario 'orbitt' (config.simulation.scenario); did you mean 'orbit'? scenarios in runner.yaml: orbit"), "\(end.errors)")
    }

    @Test("A scenario that cannot be run is told before the runner starts, at its place", arguments: [
        ("{orbit: {entrypoint: nowhere.py}}", "runner.yaml:8:33: scenarios.orbit.entrypoint: no such file 'nowhere.py'; give the path of one that is there"),
            (
                "{orbit: {engine: basilisc, entrypoint: scenario.py}}",
                "scenarios.orbit.engine: 'basilisc' is not loaded; did you mean 'basilisk'? engines lists basilisk"
            ),
        ("{orbit: {entrypoint: scenario.py, warm_check_evry: 3}}", "scenarios.orbit.warm_check_evry: is not a field of the engine's options; did you mean 'warm_check_every'?"),
        ("{orbit: {entrypoint: scenario.py, state_directory: x}}", "scenarios.orbit.state_directory: is not an option of the engine basilisk; it is a field of the runner's configuration"),
        ("{'a b': {entrypoint: scenario.py}}", "is not an identifier"),
        ("{orbit: {entrypoint: scenario.py, env: {TETRYX_OUTPUT_DIR: x}}}", "is set by the runner; choose a name"),
    ])
    func refused(scenarios: String, problem: String) async throws {
        let study = try StudyFixture(Self.scenario, runs: 1)
        try configure(study, scenarios)
        let end = try await study.start("runner-host", ["--config", "runner.yaml"]).end()
        #expect(end.exitCode == 2)
        #expect(end.errors.contains("runner.yaml:") && end.errors.contains(problem), "\(end.errors)")
        #expect(end.errors.split(separator: "\n").count == 1, "\(end.errors)")
    }
}
