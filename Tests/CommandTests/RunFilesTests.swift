import EngineKit
import TestSupport
import Testing

@testable import Command
@testable import CommandDocument
@testable import LynxModel

@Suite("Run configurations in other notations")
struct RunConfigTextTests {
    private let run = RunConfiguration(
        jobID: "b-1", batchID: "b", runIndex: 1, seed: .max, simulation: SimulationSpec(name: "a \"b\"", durationMinutes: 0.1),
        parameters: ["x": .number(1e-5), "big": .number(1e300), "n": .integer(3), "on": .bool(false), "s": .string("é\n1.0"), "on/off": .string("no")],
        units: ["x": "m"])

    @Test("Python reads the same values from YAML, TOML and JSON")
    func readByPython() async throws {
        let directory = try TemporaryDirectory()
        try directory.write("r.yaml", RunConfigText.yaml(run))
        try directory.write("r.toml", RunConfigText.toml(run))
        try directory.write("r.json", String(decoding: try RunConfigText.json(run), as: UTF8.self))
        let script = """
            import json, tomllib, yaml
            y, j, t = yaml.safe_load(open("r.yaml")), json.load(open("r.json")), tomllib.load(open("r.toml", "rb"))
            assert y == j, (y, j)
            t["seed_decimal"], t["seed"] = t["seed"], int(t["seed"])
            assert t == j, (t, j)
            """
        let end = try await Program.run(Repository.python, ["-c", script], in: directory.path)
        #expect(end.exitCode == 0, "\(end.errors)")
    }

    @Test("Parameters become variables with names in capitals")
    func environment() {
        var forms = RunConfigForms()
        forms.environmentPrefix = "SIM_"
        let variables = RunConfigForms.environment(forms, run)
        #expect(variables["SIM_ON_OFF"] == "no" && variables["SIM_N"] == "3" && variables["SIM_SEED"] == "18446744073709551615")
        #expect(RunConfigForms.environment(RunConfigForms(), run).isEmpty)
    }
}

@Suite("Ports of runs")
struct PortLeaseTests {
    @Test("Two leases never hold the same port, and a returned one can be had again")
    func leases() throws {
        let range: PortChoice = .range(28_700...28_703)
        var leases = (0..<4).compactMap { _ in PortLease.take(range) }
        let numbers = Set(leases.map(\.number))
        #expect(numbers.count == leases.count)
        #expect(PortLease.take(range) == nil)
        let returned = leases.removeLast().number
        #expect(PortLease.take(range)?.number == returned)
    }

    @Test("A port that another process has bound is not leased")
    func boundPort() async throws {
        let directory = try TemporaryDirectory()
        let script = """
            import signal, socket
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            s.bind(("127.0.0.1", 0))
            print(s.getsockname()[1], flush=True)
            signal.pause()
            """
        let output = try EventPipe(directory.file("out"))
        let program = try Program.start(Repository.python, ["-c", script], in: directory.path, output: output)
        let port = try #require(UInt16(try await output.next()))
        #expect(PortLease.take(.range(port...port)) == nil)
        program.send(15)
        #expect(try await program.end().signal == 15)
    }
}

@Suite("Settings of the command engine")
struct CommandSettingsTests {
    @Test("Flat settings give the options that a file would")
    func flat() throws {
        let settings = EngineSettings([
            "python_executable": "python3", "working_directory": ".", "command.0": "sim", "command.1": "{seed}", "env.A.B": "{run_index}",
            "files.0.text": "x", "files.0.to": "a", "files.1": "b", "results.values.out.speed": "v", "results.json": "stdout",
            "exit_codes.success.0": "0", "exit_codes.success.1": "SIGTERM", "ports.gcs": "auto",
        ])
        let options = try CommandSettings.options(settings)
        #expect(options.command.count == 2)
        #expect(options.environment.keys.sorted() == ["A.B"])
        #expect(options.files.count == 2)
        #expect(options.results[0].values == ["out.speed": "v"])
        #expect(options.exitCodes.meaning(code: nil, signal: 15) == .success)
    }

    @Test("A missing command is named")
    func missing() throws {
        let error = try #require(throws: EngineError.self) { try CommandSettings.options(EngineSettings(["working_directory": "."])) }
        #expect(error.message == "command: is missing; give a program and its arguments, as a list or one line")
    }
}
