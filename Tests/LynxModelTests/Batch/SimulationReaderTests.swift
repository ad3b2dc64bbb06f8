import FoundationEssentials
import LynxDocument
import LynxModel
import Testing

@Suite("What a batch says of the code that it runs")
struct SimulationReaderTests {
    private func read(_ simulation: String) throws(DiagnosticList) -> SimulationSpec {
        try BatchSubmission.read(yaml: "name: b\nconfig:\n  simulation: {\(simulation)}\n  monte_carlo: {runs: 1}\n", name: "b.yaml").config
            .simulation
    }

    @Test("A scenario decides the engine") func scenario() throws {
        let simulation = try read("name: s, scenario: orbit")
        #expect(simulation == SimulationSpec(name: "s", scenario: "orbit"))
        #expect(simulation.type == "scenario" && simulation.route == .scenario("orbit"))
        #expect(try read("name: s").route == .type("basilisk"))
    }

    @Test("A bundle has its common fields, and all others go to the engine as they are") func bundle() throws {
        let simulation = try read(
            "name: s, type: command, bundle: {path: ., working_directory: sim, requirements: req.txt, build: [make], env: {N: 1}, "
                + "command: [./run, \"{config}\"], results: {map: {peak: a.b}, fast: true}}")
        #expect(simulation.route == .bundle(type: "command"))
        let bundle = try #require(simulation.bundle)
        #expect(bundle.path == "." && bundle.workingDirectory == "sim" && bundle.requirements == "req.txt" && bundle.build == ["make"])
        #expect(bundle.variables == ["N": "1"])
        #expect(bundle.options.settings == ["command.0": "./run", "command.1": "{config}", "results.map.peak": "a.b", "results.fast": "true"])
    }

    @Test("As JSON it is the same") func json() throws {
        let submission = try BatchSubmission.read(
            yaml:
                "name: b\nconfig:\n  simulation: {name: s, bundle: {sha256: \(String(repeating: "ab", count: 32)), entrypoint: a.py, x: [1, {y: 2.5}]}}\n  monte_carlo: {runs: 1}\n",
            name: "b.yaml")
        let text = try WireJSON.encode(submission)
        #expect(try BatchSubmission.read(json: text) == submission)
        #expect(try WireJSON.decode(BatchSubmission.self, from: text) == submission)
    }

    @Test("What is wrong is told at its place", arguments: [
        ("name: s, scenario: orbit, type: basilisk",
         "b.yaml:3:48: config.simulation.type: is given beside 'scenario', which decides what engine runs it; leave 'type' out"),
        ("name: s, scenario: orbit, bundle: {path: .}",
         "b.yaml:3:35: config.simulation.scenario: is given beside 'bundle'; keep the one that is to run"),
        ("name: s, type: scenario",
         "b.yaml:3:31: config.simulation.type: is 'scenario', but no scenario is named; name it in 'scenario'"),
        ("name: s, bundle: {path: ., entrypoint: ../a.py}",
         "b.yaml:3:55: config.simulation.bundle.entrypoint: '../a.py' is no path in the bundle; give one relative to its root, without '.' and '..'"),
        ("name: s, bundle: {path: ., entrypoint: /a.py}",
         "b.yaml:3:55: config.simulation.bundle.entrypoint: '/a.py' is no path in the bundle; give one relative to its root, without '.' and '..'"),
        ("name: s, bundle: {path: ., requirements: uv.lock}",
         "b.yaml:3:57: config.simulation.bundle.requirements: 'uv.lock' is not in pip's format; write it with: uv export > requirements.txt"),
        ("name: s, bundle: {path: ., env: {TETRYX_OUTPUT_DIR: x}}",
         "b.yaml:3:49: config.simulation.bundle.env.TETRYX_OUTPUT_DIR: 'TETRYX_OUTPUT_DIR' is set by the runner; choose a name that begins with neither TETRYX_ nor LYNX_"),
        ("name: s, bundle: {sha256: abc}",
         "b.yaml:3:42: config.simulation.bundle.sha256: 'abc' is no SHA-256; give 64 lower-case hexadecimal digits"),
    ])
    func problems(simulation: String, problem: String) {
        let error = #expect(throws: DiagnosticList.self) { try read(simulation) }
        #expect(error?.lines == [problem])
    }
}
