import Foundation
import LynxModel
import TestSupport
import Testing

@Suite("A study before it runs", .timeLimit(.minutes(3)))
struct StudyCheckTests {
    private func study(parameter: String = "mass_kg") throws -> CommandStudy {
        try CommandStudy(
            options: "command: \"{working_directory}/sim {parameters.\(parameter)} 'two words'\"\nfiles: [{text: \"{seed}\", to: in/seed}]",
            programs: ["sim": "#!/bin/sh\nexit 1\n"], runs: 3)
    }

    private func lynxctl(_ study: CommandStudy, _ arguments: String...) async throws -> Program.End {
        try await Program.run("lynxctl", arguments, in: study.directory.path)
    }

    @Test("A check tells what the study is, and leaves nothing")
    func check() async throws {
        let study = try study()
        let end = try await lynxctl(study, "check", "batch.yaml", "--runner-config", "runner.yaml")
        #expect(end.exitCode == 0, "\(end.errors)")
        #expect(
            end.outputLines == [
                "batch.yaml: 3 runs of commands on 'command', latin_hypercube with seed 5, 2 parameters",
                "runner.yaml: run 0 can be prepared",
            ])
        #expect(try study.directory.names(".lynx/runs/dry-run/dry-run-0").isEmpty)
    }

    @Test("A check finds a field of the command that the study does not disperse")
    func checkAcrossFiles() async throws {
        let study = try study(parameter: "mas_kg")
        let end = try await lynxctl(study, "check", "batch.yaml", "--runner-config", "runner.yaml")
        #expect(end.exitCode == 2)
        #expect(end.errors.contains("command: the run has no parameter 'mas_kg'; did you mean 'mass_kg'?"), "\(end.errors)")
    }

    @Test("A check of a wrong file names its line")
    func checkOfFile() async throws {
        let study = try study()
        try study.directory.write("wrong.yaml", "name: x\nconfig:\n  simulation: {nme: x}\n")
        let end = try await lynxctl(study, "check", "wrong.yaml")
        #expect(end.exitCode == 2)
        #expect(end.errors.contains("wrong.yaml:3:16: config.simulation.nme"), "\(end.errors)")
    }

    @Test("A sample is what the runs get")
    func sample() async throws {
        let study = try study()
        let table = try await lynxctl(study, "sample", "batch.yaml", "--csv")
        let rows = table.outputLines.map { $0.split(separator: ",").map(String.init) }
        #expect(rows.first == ["run", "seed", "mass_kg", "mode"])
        #expect(rows.count == 4)
        let document = try await study.run()
        for row in rows.dropFirst() {
            let run = try document.job(try #require(Int(row[0]))).runConfig
            #expect(row[1] == run.seedDecimal)
            #expect(run.parameters["mass_kg"] == .number(try #require(Double(row[2]))))
            #expect(row[3] == "fast")
        }
    }

    @Test("A dry run shows the files and the command of run 0, which a shell can repeat")
    func dryRun() async throws {
        let study = try study()
        let end = try await lynxctl(study, "run", "batch.yaml", "--runner-config", "runner.yaml", "--dry-run")
        #expect(end.exitCode == 0, "\(end.errors)")
        #expect(end.output.contains("output/in/seed"))
        #expect(end.output.contains("'two words'"))
        #expect(!FileManager.default.fileExists(atPath: study.directory.file(".lynx/ledger.sqlite")))
        let script = study.directory.file(".lynx/runs/dry-run/dry-run-0/attempt-1/command.sh")
        try study.directory.write("sim", "#!/bin/sh\necho \"$2\" > \"$TETRYX_OUTPUT_DIR/out\"\n", mode: 0o755)
        #expect(try await Program.run(script).exitCode == 0)
        #expect(try study.directory.read(".lynx/runs/dry-run/dry-run-0/attempt-1/output/out") == "two words\n")
    }
}

@Suite("New studies", .timeLimit(.minutes(5)))
struct NewStudyTests {
    @Test("A new study runs as it is", arguments: ["command", "python", "cpp"])
    func runs(template: String) async throws {
        let directory = try TemporaryDirectory()
        let end = try await Program.run("lynxctl", ["new", "study", "--template", template], in: directory.path)
        #expect(end.exitCode == 0, "\(end.errors)")
        #expect(end.outputLines.last == "now: study/run.sh")
        let study = try await Program.run(
            directory.file("study/run.sh"), ["--runs", "3", "--json"], environment: ["LYNXCTL": Repository.products + "/lynxctl"])
        #expect(try StudyDocument(study.output).results.filter(\.success).count == 3, "\(study.errors)")
        let again = try await Program.run("lynxctl", ["new", "study", "--template", template], in: directory.path)
        #expect(again.exitCode == 2)
        #expect(again.errors.contains("study/study.yaml is there already"))
    }

    /// Without pip and without PX4: with the interpreter and the build of the other tests.
    @Test("A new PX4 study is checked, and flies as it is")
    func px4() async throws {
        let directory = try TemporaryDirectory()
        #expect(try await Program.run("lynxctl", ["new", "study", "--template", "px4"], in: directory.path).exitCode == 0)
        let folder = directory.file("study")
        let environment = [
            "LYNX_RUNNER_PX4_BINARY": TestPX4.binary, "LYNX_RUNNER_PX4_ETC": TestPX4.etc, "LYNX_RUNNER_PYTHON_EXECUTABLE": Repository.python,
        ]
        let check = try await Program.run("lynxctl", ["check", "study.yaml", "--runner-config", "runner.yaml"], in: folder, environment: environment)
        #expect(check.exitCode == 0, "\(check.errors)")
        #expect(
            check.outputLines == [
                "study.yaml: 8 runs of hover on 'px4_sitl', latin_hypercube with seed 1, 5 parameters, 4 outputs, 1 requirement, 1 condition",
                "runner.yaml: run 0 can be prepared",
            ])
        let run = try await Program.run(
            "lynxctl", ["run", "study.yaml", "--runner-config", "runner.yaml", "--runs", "2", "--json"], in: folder, environment: environment)
        let document = try StudyDocument(run.output)
        #expect(document.results.count == 2 && document.results.allSatisfy(\.success), "\(document.results.compactMap(\.errorMessage)) \(run.errors)")
        for index in 0..<2 {
            let result = try document.result(index)
            let outputs = Dictionary(uniqueKeysWithValues: (result.outputs ?? []).map { ($0.name, $0.value ?? nil) })
            guard case .number(let altitude) = try document.job(index).runConfig.parameters["altitude_m"] else { throw CocoaError(.coderValueNotFound) }
            #expect(abs(try #require(outputs["top_height_m"] ?? nil) - altitude) < 1.5)
            #expect(try #require(outputs["flight_time_s"] ?? nil) > 8)
            #expect(try #require(outputs["max_height_error_m"] ?? nil) < 1.5)
        }
    }

    @Test("An unknown template is refused with those that there are")
    func unknown() async throws {
        let directory = try TemporaryDirectory()
        let end = try await Program.run("lynxctl", ["new", "x", "--template", "matlab"], in: directory.path)
        #expect(end.exitCode == 2)
        #expect(end.errors.contains("--template is 'matlab'; there are command, python, basilisk, cpp, fmu, jsbsim, rocketpy, px4, engine-c, engine-cpp, engine-rust, engine-swift"))
    }
}
