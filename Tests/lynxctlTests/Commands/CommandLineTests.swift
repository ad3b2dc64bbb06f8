import Foundation
import Testing

@Suite("The command line", .timeLimit(.minutes(5)))
struct CommandLineTests {
    @Test("Help exits with 0 and has every command", arguments: [["--help"], ["help"], []])
    func help(arguments: [String]) async throws {
        let study = try StudyFixture(runs: 1)
        let output = try await Lynxctl.run(arguments, in: study.directory)
        #expect(output.exitCode == 0)
        for command in ["run", "serve", "submit", "status", "results", "jobs", "runners", "cancel"] {
            #expect(output.standardOutput.lines.contains { $0.hasPrefix("  \(command) ") })
        }
    }

    @Test(
        "A wrong command line exits with 2",
        arguments: [
            ["run"], ["run", "batch.yaml"], ["run", "--runner-config", "runner.yaml"], ["nosuch"], ["submit"],
            ["run", "batch.yaml", "--runner-config", "runner.yaml", "--runs", "0"],
            ["run", "batch.yaml", "--runner-config", "runner.yaml", "--resume", "b"],
            ["run", "batch.yaml", "--runner-config", "nosuch.yaml"],
            ["run", "batch.yaml", "--runner-config", "runner.yaml", "--runner-host", "nosuch"],
            ["serve", "--host", "192.0.2.1"], ["serve", "--port", "70000"], ["jobs", "b", "--status", "Nearly"],
            ["status", "b", "--control-plane", "nonsense"], ["status", "--watch"],
        ])
    func wrong(arguments: [String]) async throws {
        let study = try StudyFixture(runs: 1)
        let output = try await Lynxctl.run(arguments, in: study.directory)
        #expect(output.exitCode == 2)
        #expect(!output.standardError.isEmpty)
        #expect(output.standardOutput.isEmpty)
    }

    @Test("Everything wrong with a batch file is told with its place, and nothing is started", arguments: ["run", "submit"])
    func badBatch(command: String) async throws {
        let study = try StudyFixture(runs: 1)
        let batch = """
            name: broken
            config:
              simulation: {name: fake}
              monte_carlo: {runs: many}
              dispersion: {}
            """
        try batch.write(to: study.file("bad.yaml"), atomically: false, encoding: .utf8)
        let arguments = [command, "bad.yaml"] + (command == "run" ? study.runArguments : [])
        let output = try await Lynxctl.run(arguments, in: study.directory)
        #expect(output.exitCode == 2)
        let lines = output.standardError.lines
        #expect(lines.count == 2)
        #expect(lines.contains { $0.hasPrefix("bad.yaml:4:23: ") })
        #expect(lines.contains { $0.hasPrefix("bad.yaml:5:3: ") })
        #expect(!FileManager.default.fileExists(atPath: study.file(".lynx").path))
    }

    @Test("A control plane that is not there is named, with how to start one")
    func unreachable() async throws {
        let study = try StudyFixture(runs: 1)
        let output = try await Lynxctl.run(["status", "b", "--control-plane", "http://127.0.0.1:1"], in: study.directory)
        #expect(output.exitCode == 3)
        #expect(
            output.standardError
                == "lynxctl: cannot reach a control plane at http://127.0.0.1:1: connection refused; start one with 'lynxctl serve', or name another with --control-plane URL\n"
        )
    }

    @Test("A state directory that cannot be made is one line and exit code 2")
    func unwritableState() async throws {
        let study = try StudyFixture(runs: 1)
        let output = try await study.run("--state", "batch.yaml/state")
        #expect(output.exitCode == 2)
        #expect(output.standardError.lines.count == 1)
        #expect(output.standardError.contains("cannot make the state directory batch.yaml/state"))
    }

    @Test("A reader that goes away does not change how a study ends")
    func closedPipe() async throws {
        let study = try StudyFixture(runs: 2)
        let shell = ["/bin/sh", "-c", "{ \"$0\" \"$@\"; echo $? > code; } | true"]
        _ = try await Lynxctl.run(["run", "batch.yaml"] + study.runArguments, in: study.directory, through: shell)
        #expect(try String(contentsOf: study.file("code"), encoding: .utf8) == "0\n")
    }
}
