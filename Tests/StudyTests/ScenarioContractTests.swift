import Foundation
import LynxModel
import TestSupport
import Testing

@Suite("What a scenario is given", .timeLimit(.minutes(5)))
struct ScenarioContractTests {
    private struct Given: Decodable {
        var environment: [String: String]
        var workingDirectory: String
        var mode: Int
        var config: RunConfiguration
    }

    @Test("Each attempt has a directory of its own, its configuration, an endpoint, and none of the runner's own settings")
    func environment() async throws {
        let study = try StudyFixture(
            """
            print("said", run)
            config = json.load(open(os.environ["TETRYX_RUN_CONFIG"]))
            mode = os.stat(output).st_mode & 0o777
            given = {"environment": dict(os.environ), "workingDirectory": os.getcwd(), "mode": mode, "config": config}
            os.mkdir(output + "/deep")
            json.dump(given, open(output + "/deep/given.json", "w"))
            os.symlink("/etc/passwd", output + "/leads-away")
            """, runs: 3)
        let run = try Program.start(
            "lynxctl", ["run", "batch.yaml", "--runner-config", "runner.yaml", "--state", "state", "--json"], in: study.directory.path,
            environment: ["LYNX_RUNNER_RUNNER_NAME": "lab", "TETRYX_OF_OLD": "x", "OF_THE_USER": "kept"])
        let end = try await run.end()
        #expect(end.exitCode == 0, "\(end.errors)")
        let document = try StudyDocument(end.output)
        for job in document.jobs {
            let result = try document.result(job.runConfig.runIndex)
            let attempt = "\(study.outputRoot)/\(job.batchID)/\(job.jobID)/attempt-1"
            #expect(result.metadata.directory == attempt)
            #expect(result.outputFiles == ["\(attempt)/output/deep/given.json"])
            #expect(result.metadata.warnings == ["leads-away: a symbolic link; not followed, not collected"])
            let given = try JSONDecoder().decode(Given.self, from: Data(contentsOf: URL(filePath: result.outputFiles[0])))
            #expect(given.environment["TETRYX_OUTPUT_DIR"] == attempt + "/output")
            #expect(given.environment["TETRYX_RUN_CONFIG"] == attempt + "/run_config.json")
            let endpoint = try #require(given.environment["TETRYX_TELEMETRY_URL"])
            #expect(try /http:\/\/127\.0\.0\.1:\d+/.wholeMatch(in: endpoint) != nil, "\(endpoint)")
            #expect(given.environment["OF_THE_USER"] == "kept")
            #expect(!given.environment.keys.contains { $0.hasPrefix("LYNX_") || $0 == "TETRYX_OF_OLD" })
            #expect(given.workingDirectory == study.directory.path)
            #expect(given.mode == 0o700)
            #expect(given.config == job.runConfig)
            #expect(try String(contentsOfFile: attempt + "/stdout.log", encoding: .utf8) == "said \(job.runConfig.runIndex)\n")
        }
        #expect(study.isQuiet)
    }

    @Test("Variables that are no text reach the scenario as they are")
    func environmentBytes() async throws {
        let study = try StudyFixture(#"tell("odd", os.environb[b"ODD"].hex())"#, runs: 3, slots: 1)
        let end = try await study.start(
            "bash",
            [
                "-c", #"export ODD=$'\xff=A\xfe'; exec "$@""#, "bash", Repository.products + "/lynxctl", "run", "batch.yaml", "--runner-config",
                "runner.yaml", "--state", "state", "--json",
            ]
        ).end()
        #expect(end.exitCode == 0, "\(end.errors)")
        #expect(study.events.drain() == Array(repeating: "odd ff3d41fe", count: 3))
    }
}
