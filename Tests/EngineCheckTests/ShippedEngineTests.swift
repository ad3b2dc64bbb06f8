import EngineCheck
import Foundation
import TestSupport
import Testing

/// The engines that come with the host, and those that the documentation shows, keep the rules that others' engines are held to.
@Suite("The engines that come with the host pass every check", .serialized, .timeLimit(.minutes(15)))
struct ShippedEngineTests {
    /// An engine with a job that takes as long as its shortest one does.
    struct Shipped: Sendable, CustomTestStringConvertible {
        var name: String
        /// The runner's configuration; FOLDER is that of the test.
        var configuration: String
        /// Checks that do not apply to it, and what is said of them.
        var exceptions: [String: String] = [:]

        var testDescription: String { name }
    }

    private static let script = "import os\nwith open(os.environ['TETRYX_OUTPUT_DIR'] + '/a.txt', 'w') as file:\n    file.write('a')\n"
    private static let mission = "#!/bin/sh\necho a >\"$TETRYX_OUTPUT_DIR/a.txt\"\n"

    private static let python = "python_executable: \(Repository.python)\nworking_directory: FOLDER\n"

    private static let engines = [
        Shipped(
            name: "Basilisk", configuration: "engines: [basilisk]\nbasilisk_entrypoint: FOLDER/script.py\n" + python),
        Shipped(
            name: "Python", configuration: "engines: [python]\nengine_options: {python: {entrypoint: FOLDER/script.py}}\n" + python),
        Shipped(
            name: "Command",
            configuration: "engines: [command]\nworking_directory: FOLDER\nengine_options:\n  command: {command: [/bin/sh, -c, 'echo a >a.txt']}\n"),
        Shipped(
            name: "PX4SITL",
            configuration: """
                engines: [px4_sitl]
                px4_binary: \(TestPX4.binary)
                px4_etc: \(TestPX4.etc)
                px4_entrypoint: FOLDER/mission.sh
                engine_options:
                  px4_sitl: {speed_factor: 10, ready_when: heard, default_params: {IMU_GYRO_CAL_EN: 0}}

                """ + python,
            exceptions: [
                "job-own-session": "launch names no process: pid is 0", "job-pid-kept": "launch names no process: pid is 0",
                // It needs a pid of 0, and so version 1.1.
                "host-1.0": "the engine cannot be configured; see configure-succeeds",
            ]),
    ]

    struct Report: Decodable {
        struct Entry: Decodable {
            var name: String
            var status: String
            var message: String?
            var output: [String]?
        }
        var checks: [Entry]
    }

    /// Leaks are looked for with a few jobs: enough for one that each job leaves.
    private static let short = ["--leak-jobs", "10", "--leak-seconds", "1", "--json"]

    @Test("Each of the four engines", arguments: engines)
    func shipped(engine: Shipped) async throws {
        let directory = try TemporaryDirectory()
        _ = try directory.write("script.py", Self.script)
        _ = try directory.write("mission.sh", Self.mission, mode: 0o755)
        let runner = try directory.write("runner.yaml", engine.configuration.replacing("FOLDER", with: directory.path))
        let library = Repository.products + "/lib\(engine.name)Engine.so"
        try await check([library, "--config", runner], exceptions: engine.exceptions)
    }

    @Test("The example of the documentation, and it has fewer than 100 lines")
    func example() async throws {
        let directory = try TemporaryDirectory()
        let source = Repository.path("docs/examples/shell_engine.c")
        let engine = try await EngineCompiler.compile(source, ["-fvisibility=hidden"], to: directory.path + "/shell_engine.so")
        let program = try directory.write("run.sh", Self.mission, mode: 0o755)
        let options = try directory.write("options.yaml", "program: \(program)\n")
        try await check(
            [engine, "--options", options],
            exceptions: [
                "extension-warm-workers": "the engine has no warm workers", "extension-scenarios": "the engine has no scenarios",
                // It needs the host's process/1, which starts as many programs as are asked for.
                "entry-serves-plain-host": "the engine cannot be configured; see configure-succeeds",
                "job-not-launched-twice": "it succeeded, so that there may be two simulations",
                "configure-describes-errors": "the engine accepts any settings",
            ])
        #expect(try String(contentsOfFile: source, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false).count <= 100)
    }

    private func check(_ arguments: [String], exceptions: [String: String]) async throws {
        let end = try await Program.run("runner-host", ["check-engine"] + arguments + Self.short)
        let report = try JSONDecoder().decode(Report.self, from: Data(end.output.utf8))
        #expect(report.checks.map(\.name) == CheckTable.all.map(\.name))
        for entry in report.checks where entry.status != "passed" {
            // Only root can make small file systems.
            if entry.status == "skipped", entry.name == "full-disk", geteuid() != 0 { continue }
            #expect(
                entry.status != "failed" && entry.message == exceptions[entry.name], "\(entry.name) \(entry.status): \(entry.message ?? "") \(entry.output ?? [])")
        }
        #expect(end.exitCode == 0, "\(end.errors)")
    }
}
