import Foundation
import LynxModel
import TestSupport
import Testing

/// A study whose code comes along: a program for the `command` engine, with a template and its input.
private struct BundledStudy {
    let directory: TemporaryDirectory

    /// - Parameters:
    ///   - bundle: the fields of the bundle besides `path`, a line each.
    ///   - simulation: the fields of the simulation before it.
    init(_ bundle: [String], simulation: String = "name: flight, type: command", path: String = "code", runner: String = "engines: [command]") throws {
        directory = try TemporaryDirectory()
        let fields = simulation.split(separator: ",").map { "    \($0.trimmingCharacters(in: .whitespaces))" }
        let lines = ["name: bundled", "config:", "  simulation:"] + fields + ["    bundle:", "      path: \(path)"] + bundle.map { "      \($0)" }
        let rest = ["  monte_carlo: {runs: 2, seed: 1}", "  dispersions:", "    mass_kg: {distribution: {type: uniform, min: 1, max: 2}, units: kg}"]
        try directory.write("study.yaml", (lines + rest).joined(separator: "\n") + "\n")
        try directory.write("code/simulate.sh", "#!/bin/sh\necho \"mass = $1\"\n", mode: 0o755)
        try directory.write("code/plain.sh", "#!/bin/sh\n", mode: 0o644)
        try directory.write("code/data/case.txt", "mass = {parameters.mass_kg}\n")
        try directory.write("code/data/wrong.txt", "first\n  {parameters.mas_kg}\n")
        try directory.write("code/.gitignore", "left.sh\n")
        try directory.write("code/left.sh", "#!/bin/sh\n", mode: 0o755)
        try directory.write("code/run.py", "print('hello')\n")
        try directory.write("code/requirements.txt", "# What it needs.\nnumpy==2.1 ; python_version >= '3.9'\nscipy>=1,<2\n-r more.txt\n")
        try directory.write("code/more.txt", "requests[security] ~= 2.0 --hash=sha256:abc\n./wheels/own.whl\n")
        try directory.write("code/wrong-requirements.txt", "numpy==2.1\nscipy = 1.2\n")
        try directory.write("runner.yaml", runner + "\npython_executable: \(Repository.python)\noutput_root: \(directory.path)/runs\nstate_directory: \(directory.path)/state\n")
    }

    func lynxctl(_ arguments: String...) async throws -> Program.End { try await Program.run("lynxctl", arguments, in: directory.path) }

    /// The lines of a check, without the path of this test's own folder.
    func problems(_ arguments: String...) async throws -> [String] {
        let end = try await Program.run("lynxctl", ["check", "study.yaml"] + arguments, in: directory.path)
        #expect(end.exitCode == (end.errors.isEmpty ? 0 : 2), "\(end.errors)")
        return end.errors.split(separator: "\n").map { String($0).replacing(directory.path + "/", with: "") }
    }
}

private let good = ["command: [./simulate.sh, \"{parameters.mass_kg}\"]", "results: {key_value: stdout}"]

@Suite("A study with a bundle before it leaves", .timeLimit(.minutes(5)))
struct BundleCheckTests {
    @Test("A sound bundle passes, with a runner's configuration and without")
    func sound() async throws {
        let study = try BundledStudy(good + ["files: [{template: data/case.txt, to: case.txt}]"])
        #expect(try await study.problems() == [])
        #expect(try await study.problems("--runner-config", "runner.yaml") == [])
        // What was prepared is gone.
        #expect(try study.directory.names("runs/dry-run/dry-run-0").isEmpty)
    }

    @Test("A program may come of the requirements, and one of neither these nor the machine is told") func programOfRequirements() async throws {
        let command = "command: [program-of-a-package, input]"
        #expect(try await BundledStudy([command, "requirements: requirements.txt"]).problems("--runner-config", "runner.yaml") == [])
        #expect(try await BundledStudy([command]).problems("--runner-config", "runner.yaml").joined().contains("no program 'program-of-a-package' in PATH"))
    }

    /// Line 7 is the path; the fields of the bundle begin in line 8.
    @Test(
        "What is wrong is told on one line with its place, without any runner",
        arguments: [
            (["command: [./simulte.sh]"], "study.yaml:8:16: config.simulation.bundle.command: the bundle has no file 'simulte.sh'; did you mean 'simulate.sh'?"),
            (["command: [./left.sh]"], "study.yaml:8:16: config.simulation.bundle.command: the bundle has no file 'left.sh'; .gitignore or .lynxignore leaves it out"),
            (["command: ./plain.sh"], "study.yaml:8:16: config.simulation.bundle.command: 'plain.sh' of the bundle cannot be executed; chmod +x it, or name its interpreter first"),
            (
                ["command: [./simulate.sh, \"{parameters.mas_kg}\"]"],
                "study.yaml:8:32: config.simulation.bundle.command[1]: {parameters.mas_kg}: the study has no parameter 'mas_kg'; did you mean 'mass_kg'?"
            ),
            (
                good + ["files: {text: \"{units.wind}\", to: x}"],
                "study.yaml:10:21: config.simulation.bundle.files.text: {units.wind}: the study has no parameter 'wind'; there are mass_kg"
            ),
            (
                good + ["files: [{template: data/wrong.txt, to: case.txt}]"],
                "study.yaml:10:15: config.simulation.bundle.files[0]: data/wrong.txt:2:3: {parameters.mas_kg}: the study has no parameter 'mas_kg'; did you mean 'mass_kg'?"
            ),
            (good + ["files: [data/cas.txt]"], "study.yaml:10:15: config.simulation.bundle.files[0]: the bundle has no file 'data/cas.txt'; did you mean 'data/case.txt'?"),
            (good + ["result: stdout"], "study.yaml:10:7: config.simulation.bundle.result: is not a field of the engine's options; did you mean 'results'?"),
            (
                good + ["telemetry: {from: stdout, format: jsn_lines}"],
                "study.yaml:10:41: config.simulation.bundle.telemetry.format: 'jsn_lines' is not known; did you mean 'json_lines'? It is one of json_lines, csv"
            ),
            (good + ["max_concurrent_jobs: 2"], "study.yaml:10:7: config.simulation.bundle.max_concurrent_jobs: is not for a batch to set; the runner's configuration sets it"),
            (
                good + ["requirements: requirement.txt"],
                "study.yaml:10:21: config.simulation.bundle.requirements: the bundle of code has no file 'requirement.txt'; did you mean 'requirements.txt'?"
            ),
            (
                good + ["requirements: wrong-requirements.txt"],
                "study.yaml:10:21: config.simulation.bundle.requirements: wrong-requirements.txt:2:7: '=' is not understood; write one requirement on each line, such as scipy==1.0"
            ),
            (
                good + ["build: [make, \"make 'x\"]"],
                "study.yaml:10:21: config.simulation.bundle.build[1]: 'make 'x' is no command that a shell can run: Syntax error: Unterminated quoted string; mend it, or put it into a script of the bundle"
            ),
            (
                good + ["working_directory: dta"],
                "study.yaml:10:26: config.simulation.bundle.working_directory: the bundle of code has no folder 'dta'; did you mean 'data'?"
            ),
            (good + ["entrypoint: rum.py"], "study.yaml:10:19: config.simulation.bundle.entrypoint: the bundle of code has no file 'rum.py'; did you mean 'run.py'?"),
        ])
    func wrong(bundle: [String], line: String) async throws {
        let study = try BundledStudy(bundle)
        // A command that is not there is missed in its working directory as well.
        #expect(try await study.problems().filter { !$0.contains("'dta/simulate.sh'") } == [line])
    }

    @Test("A folder that is not there is told where it is named")
    func folder() async throws {
        let study = try BundledStudy(good, path: "cod")
        #expect(try await study.problems() == ["study.yaml:7:13: config.simulation.bundle.path: there is no folder 'cod'; did you mean 'code'?"])
        #expect(try await study.problems("--bundle", "nowhere") == ["--bundle: there is no folder 'nowhere'; give the one with the code of the simulation"])
    }

    @Test("All that is wrong is told at once, before anything is submitted")
    func several() async throws {
        let study = try BundledStudy(["command: [./simulte.sh, \"{parameters.x}\"]", "requirements: wrong-requirements.txt", "build: [\"(\"]"])
        // Nobody listens there.
        let end = try await study.lynxctl("submit", "study.yaml", "--control-plane", "http://127.0.0.1:9")
        #expect(end.exitCode == 2)
        // The program may be what the build makes.
        #expect(end.errors.split(separator: "\n").map { $0.prefix(15) } == ["study.yaml:8:31", "study.yaml:9:21", "study.yaml:10:1"].map { $0.prefix(15) })
    }

    @Test("With the engines at hand, the engine and its declared options are checked, each with its place", arguments: [
        ("name: flight, type: comand", ["entrypoint: run.py"], "study.yaml:5:11: config.simulation.type: 'comand' is no engine of this runner; did you mean 'command'?"),
        ("name: flight, type: px4_sitl", ["entrypoint: run.py"], "study.yaml:5:11: config.simulation.type: 'px4_sitl' is no engine of this runner; engines lists command, basilisk"),
        ("name: flight, type: basilisk", ["entrypoint: run.py", "warm_workers: false"], "study.yaml:9:7: config.simulation.bundle.warm_workers: is not for a batch to set; the runner's configuration sets it"),
    ])
    func declared(simulation: String, bundle: [String], line: String) async throws {
        let study = try BundledStudy(bundle, simulation: simulation, runner: "engines: [command, basilisk]\nscenarios: {}")
        #expect(try await study.problems() == [])
        #expect(try await study.problems("--runner-config", "runner.yaml") == [line])
        let run = try await study.lynxctl("run", "study.yaml", "--runner-config", "runner.yaml")
        #expect(run.exitCode == 2 && run.errors == line + "\n", "\(run.errors)")
        #expect(!FileManager.default.fileExists(atPath: study.directory.file(".lynx/ledger.sqlite")))
    }

    @Test("An engine's own words about an option of the bundle have its place")
    func ownWords() async throws {
        let study = try BundledStudy(["command: [no-such-program-anywhere]"])
        let found = try await study.problems("--runner-config", "runner.yaml")
        #expect(found.count == 1 && found[0].hasPrefix("study.yaml:8:16: config.simulation.bundle.command: "), "\(found)")
    }

    @Test("A dry run builds the code, and shows its files, its environment and the command, which a shell can repeat")
    func dryRun() async throws {
        let study = try BundledStudy(["command: [./built.sh, \"{parameters.mass_kg}\"]", "build: [\"cp simulate.sh built.sh\"]", "env: {KIND: fast}"])
        #expect(try await study.problems("--runner-config", "runner.yaml") == [])
        let end = try await study.lynxctl("run", "study.yaml", "--runner-config", "runner.yaml", "--dry-run")
        #expect(end.exitCode == 0, "\(end.errors)")
        for text in ["prepared by engine 'command'", "  built.sh\n", "  KIND=fast\n", "command.sh:", "$ cp simulate.sh built.sh"] {
            #expect(end.output.contains(text), "\(text): \(end.output)")
        }
        let script = study.directory.file("runs/dry-run/dry-run-0/attempt-1/command.sh")
        let shown = try await Program.run(script)
        #expect(shown.exitCode == 0 && shown.output.hasPrefix("mass = 1."), "\(shown.output) \(shown.errors)")
        #expect(!FileManager.default.fileExists(atPath: study.directory.file(".lynx/ledger.sqlite")))
    }

    @Test("Of a Python scenario a dry run shows what the engine is given")
    func dryRunOfScript() async throws {
        let study = try BundledStudy(
            ["entrypoint: run.py", "working_directory: data"], simulation: "name: flight, type: basilisk", runner: "engines: [basilisk]\nscenarios: {}")
        let end = try await study.lynxctl("run", "study.yaml", "--runner-config", "runner.yaml", "--dry-run")
        #expect(end.exitCode == 0, "\(end.errors)")
        let root = study.directory.file("runs/dry-run/dry-run-0/attempt-1.bundle/files/")
        #expect(end.output.contains("  entrypoint: \(root)") && end.output.contains("/run.py\n"), "\(end.output)")
        #expect(end.output.contains("  python_executable: \(Repository.python)\n") && end.output.contains("/data\n"), "\(end.output)")
    }

    @Test("On the runner, too, the field is named")
    func onTheRunner() async throws {
        // The runner's PATH is not this one's: what is looked for there is found wrong only there.
        let study = try BundledStudy(["command: [simulate.sh]", "env: {PATH: /nowhere}"])
        let output = try EventPipe("\(study.directory.path)/serve")
        let server = try Program.start("lynxctl", ["serve", "--port", "0", "--database", "ledger.sqlite"], in: study.directory.path, output: output)
        let url = String(try await output.expect("control plane listening on ")[0].split(separator: " ").last!)
        let runner = try Program.start("runner-host", ["--config", "runner.yaml", "--allow-bundles", "true", "--control-plane", url], in: study.directory.path)
        let submitted = try await study.lynxctl("submit", "study.yaml", "--wait", "--json", "--control-plane", url)
        let document = try StudyDocument(submitted.output)
        #expect(document.results.count == 2)
        #expect(document.results.allSatisfy { $0.errorMessage?.hasPrefix("config.simulation.bundle.command: ") == true }, "\(document.results.compactMap(\.errorMessage))")
        for program in [runner, server] {
            program.send(SIGTERM)
            _ = try await program.end()
        }
    }
}
