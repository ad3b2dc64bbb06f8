import EngineCheck
import Foundation
import TestSupport
import Testing

@Suite("runner-host check-engine")
struct CheckCommandTests {
    @Test("What is no engine is refused with exit code 2 and one line")
    func refuses() async throws {
        let directory = try TemporaryDirectory()
        let text = try directory.write("text.so", "no library", mode: 0o755)
        let engine = try await CheckFaultTests.engine(in: directory)
        let job = try directory.write("job.json", "[1]")
        let options = try directory.write("options.yaml", "program: [1\n")
        for (arguments, expected) in [
            ([directory.file("none.so")], "none.so:"), ([text], "not a shared library"), ([], "give the engine's file"),
            ([engine, "--include", "nothing-*"], "no check is called 'nothing-*'"), ([engine, "--job", job], "is not a JSON object"),
            ([engine, "--options", options], "options.yaml:"), ([engine, "--jobs", "0"], "--jobs"), ([engine, "--unknown"], "--unknown"),
            ([engine, "--fuzz", "never"], "--fuzz"), ([engine, "--reproduce", "x"], "--reproduce"),
        ] {
            let end = try await Program.run("runner-host", ["check-engine"] + arguments)
            #expect(end.exitCode == 2, "\(arguments)")
            #expect(end.errors.contains(expected), "\(arguments): \(end.errors)")
        }
    }

    @Test("A failure names the rule, and the other checks are hidden when only failures are asked for")
    func shows() async throws {
        let directory = try TemporaryDirectory()
        let engine = try await CheckFaultTests.engine(in: directory)
        let end = try await Program.run(
            "runner-host", ["check-engine", engine, "--include", "table-*", "--exclude", "table-texts", "--only-failed"],
            environment: ["LYNX_CHECK_FAULT": "table-id"])
        #expect(end.exitCode == 1)
        #expect(end.output.contains("FAILED   table-id: its id is \"Checked Engine\"\n"))
        #expect(end.output.contains("engine_abi.h, id of lynx_engine: \"lower-case letters"))
        #expect(!end.output.contains("passed   "))
        #expect(end.output.hasSuffix("4 passed, 1 failed\n"))
    }

    @Test("A call that hangs is told with its name, and a process that takes too much memory is ended")
    func limits() async throws {
        let directory = try TemporaryDirectory()
        let engine = try await CheckFaultTests.engine(in: directory)
        for (fault, expected) in [("hangs-in-launch", "launch did not return within 2 s"), ("eats-memory", "the process used more than 1024 MiB of memory")] {
            let limit = fault == "eats-memory" ? "120" : "2"
            let end = try await Program.run(
                "runner-host", ["check-engine", engine, "--include", "job-second-attempt", "--time-limit", limit], environment: ["LYNX_CHECK_FAULT": fault])
            #expect(end.exitCode == 1)
            #expect(end.output.contains("FAILED   job-second-attempt: \(expected)"), "\(end.output)")
        }
    }

    @Test("The list names every check and its rule")
    func lists() async throws {
        let end = try await Program.run("runner-host", ["check-engine", "--list"])
        #expect(end.exitCode == 0)
        for check in CheckTable.all { #expect(end.output.contains(check.name) && end.output.contains(check.rule.text)) }
    }

    @Test("Ctrl-C ends it with code 130, and leaves no process")
    func isInterrupted() async throws {
        let directory = try TemporaryDirectory()
        let engine = try await CheckFaultTests.engine(in: directory)
        let program = try Program.start(
            "runner-host", ["check-engine", engine, "--include", "job-succeeds", "--time-limit", "600"], environment: ["LYNX_CHECK_FAULT": "hangs-in-launch", "TMPDIR": directory.path])
        try await Self.until { Self.processes(with: directory.path).count >= 1 }
        program.send(SIGINT)
        let end = try await program.end()
        #expect(end.exitCode == 130)
        #expect(end.errors.contains("interrupted after 0 of 1 checks"))
        try await Self.until { Self.processes(with: directory.path).isEmpty }
        #expect(try directory.names().filter { $0.hasPrefix("lynx-check-") }.isEmpty)
    }

    @Test("What an engine has the host start comes from the spawner beside runner-host, although a check's process is started as /proc/self/exe")
    func findsSpawner() async throws {
        let directory = try TemporaryDirectory()
        let engine = try await EngineCompiler.compile(Repository.path("docs/examples/shell_engine.c"), to: directory.path + "/shell_engine.so")
        // The parent of a job's program is its guardian, which has the program of the process that forked it.
        let program = try directory.write("run.sh", "#!/bin/sh\nreadlink /proc/$PPID/exe >'\(directory.path)/guardian'\n", mode: 0o755)
        let options = try directory.write("options.yaml", "program: \(program)\n")
        let end = try await Program.run("runner-host", ["check-engine", engine, "--options", options, "--include", "job-succeeds"], in: directory.path)
        #expect(end.exitCode == 0, "\(end.output)\(end.errors)")
        let spawner = try #require(realpath(Repository.products + "/lynx-spawner", nil))
        defer { free(spawner) }
        #expect(try directory.read("guardian") == String(cString: spawner) + "\n")
    }

    @Test("An engine is loaded from the file that was checked: its path without links")
    func followsLinks() async throws {
        let directory = try TemporaryDirectory()
        let engine = try await CheckFaultTests.engine(in: directory)
        try FileManager.default.createSymbolicLink(atPath: directory.file("link.so"), withDestinationPath: "checked.so")
        let end = try await Program.run("runner-host", ["check-engine", directory.file("link.so"), "--include", "job-succeeds"])
        #expect(end.exitCode == 0, "\(end.output)\(end.errors)")
        // Others may replace what the link leads to.
        chmod(engine, 0o777)
        let refused = try await Program.run("runner-host", ["check-engine", directory.file("link.so")])
        #expect(refused.exitCode == 2 && refused.errors.contains("others may write"), "\(refused.output)\(refused.errors)")
    }

    private static func until(_ isSo: () -> Bool) async throws { while !isSo() { try await Task.sleep(for: .milliseconds(20)) } }

    /// The processes of checks whose folder is below a directory.
    private static func processes(with directory: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).filter { name in
            guard Int(name) != nil, let command = try? Data(contentsOf: URL(filePath: "/proc/\(name)/cmdline")) else { return false }
            let words = String(decoding: command, as: UTF8.self)
            return words.contains("check-engine-child\0\(directory)")
        }
    }
}
