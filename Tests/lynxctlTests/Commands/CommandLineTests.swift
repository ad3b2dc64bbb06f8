import Foundation
import Testing
import TestSupport

@Suite("The command line", .timeLimit(.minutes(5)))
struct CommandLineTests {
    @Test("Help exits with 0 and has every command", arguments: [["--help"], ["help"], []])
    func help(arguments: [String]) async throws {
        let study = try StudyFixture(runs: 1)
        let end = try await study.lynxctl(arguments)
        #expect(end.exitCode == 0)
        for command in ["run", "serve", "submit", "status", "results", "jobs", "runners", "cancel"] {
            #expect(end.outputLines.contains { $0.hasPrefix("  \(command) ") })
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
        let end = try await study.lynxctl(arguments)
        #expect(end.exitCode == 2)
        #expect(!end.errors.isEmpty)
        #expect(end.output.isEmpty)
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
        try study.directory.write("bad.yaml", batch)
        let arguments = [command, "bad.yaml"] + (command == "run" ? study.runnerArguments : [])
        let end = try await study.lynxctl(arguments)
        #expect(end.exitCode == 2)
        let lines = end.errorLines
        #expect(lines.count == 2)
        #expect(lines.contains { $0.hasPrefix("bad.yaml:4:23: ") })
        #expect(lines.contains { $0.hasPrefix("bad.yaml:5:3: ") })
        #expect(!FileManager.default.fileExists(atPath: study.directory.file(".lynx")))
    }

    @Test("A control plane that is not there is named, with how to start one")
    func unreachable() async throws {
        let study = try StudyFixture(runs: 1)
        let end = try await study.lynxctl(["status", "b", "--control-plane", "http://127.0.0.1:1"])
        #expect(end.exitCode == 3)
        #expect(
            end.errors
                == "lynxctl: cannot reach a control plane at http://127.0.0.1:1: connection refused; start one with 'lynxctl serve', or name another with --control-plane URL\n"
        )
    }

    @Test("A state directory that cannot be made is one line and exit code 2")
    func unwritableState() async throws {
        let study = try StudyFixture(runs: 1)
        let end = try await study.run("--state", "batch.yaml/state")
        #expect(end.exitCode == 2)
        #expect(end.errorLines.count == 1)
        #expect(end.errors.contains("cannot make the state directory batch.yaml/state"))
    }

    @Test("A reader that goes away does not change how a study ends")
    func closedPipe() async throws {
        let study = try StudyFixture(runs: 2)
        let shell = ["-c", "{ \"$0\" \"$@\"; echo $? > code; } | true", Repository.products + "/lynxctl"]
        _ = try await Program.run("/bin/sh", shell + study.runArguments, in: study.directory.path)
        #expect(try study.directory.read("code") == "0\n")
    }
}
