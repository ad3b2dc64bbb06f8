import Foundation
import LynxModel
import TestSupport
import Testing

@Suite("A runner that loses what it was given while it runs", .timeLimit(.minutes(5)))
struct RunnerTroubleTests {
    private static let scenario = """
        tell("started", run, attempt)
        wait()
        """

    /// With an interpreter that can be taken away, and jobs that are started cold.
    private func study(_ scenario: String = scenario, runs: Int, slots: Int = 1) throws -> (StudyFixture, python: String) {
        let study = try StudyFixture(scenario, runs: runs, slots: slots)
        let python = study.directory.path + "/python"
        try FileManager.default.createSymbolicLink(atPath: python, withDestinationPath: Repository.python)
        let configuration = try study.directory.read("runner.yaml").replacing(
            "python_executable: \(Repository.python)", with: "python_executable: \(python)")
        try study.directory.write("runner.yaml", configuration)
        return (study, python)
    }

    @Test("It costs no job a retry or its life; who waits is told, and all goes on by itself after the repair")
    func interpreter() async throws {
        let (study, python) = try study(runs: 5)
        let server = try await ControlPlaneServer.start(study)
        let batch = try await server.submit()
        let log = try EventPipe(study.directory.path + "/log")
        let runner = try server.startRunner(errors: log)
        try await study.events.expect("started")
        try FileManager.default.removeItem(atPath: python)
        study.gate.open()
        try await log.expect("no jobs are taken")
        // One may have been claimed when the slot became free, and comes back.
        let jobs = try await server.jobs(of: batch) { $0.map(\.status) == [.completed, .pending, .pending, .pending, .pending] }
        #expect(jobs.allSatisfy { $0.retries == 0 })
        let reason = "python_executable: '\(python)' is gone (No such file or directory); put it back"
        #expect(jobs.dropFirst().allSatisfy { $0.pendingReason?.contains(reason) == true }, "\(jobs.map(\.pendingReason))")
        let status = try await study.start("lynxctl", ["status", batch, "--control-plane", server.url]).end()
        #expect(status.output.contains(reason), "\(status.output)")
        let runners = try await study.start("lynxctl", ["runners", "--control-plane", server.url]).end()
        #expect(runners.output.contains("Maintenance") && runners.output.contains(reason + "; it ends when that is done"), "\(runners.output)")

        try FileManager.default.createSymbolicLink(atPath: python, withDestinationPath: Repository.python)
        try await log.expect("jobs are taken again")
        study.gate.open(for: 100)
        let document = try await server.results(of: batch)
        #expect(document.batch.status == .completed)
        #expect(document.jobs.allSatisfy { $0.retries == 0 && $0.attempt <= 2 })
        try await endOrderly(runner, server)
    }

    @Test("It ends lynxctl run with the reason and exit code 3, and --resume goes on after the repair")
    func embedded() async throws {
        let (study, python) = try study(runs: 4)
        let run = try study.startRun()
        try await study.events.expect("started")
        try FileManager.default.removeItem(atPath: python)
        study.gate.open()
        let end = try await run.end()
        #expect(end.exitCode == 3, "\(end.errors)")
        #expect(
            end.errorLines.last?.contains("python_executable: '\(python)' is gone (No such file or directory); put it back") == true, "\(end.errors)")
        let resume = try #require(end.errorLines.first { $0.hasPrefix("when it is mended, go on with: lynxctl run --resume ") })
        let batch = try #require(resume.split(separator: " ").drop { $0 != "--resume" }.dropFirst().first.map(String.init))

        try FileManager.default.createSymbolicLink(atPath: python, withDestinationPath: Repository.python)
        study.gate.open(for: 100)
        let again = try await study.start("lynxctl", ["run", "--resume", batch, "--runner-config", "runner.yaml", "--state", "state", "--json"]).end()
        #expect(again.exitCode == 0, "\(again.errors)")
        let document = try StudyDocument(again.output)
        #expect(document.jobs.allSatisfy { $0.status == .completed && $0.retries == 0 })
    }

    @Test("A full disk ends no job, and the runner goes on when there is room again")
    func fullDisk() async throws {
        let scenario = """
            tell("started", run, attempt)
            wait()
            open(output + "/result.bin", "wb").write(bytes(300_000))
            """
        let (study, _) = try study(scenario, runs: 3)
        let server = try await ControlPlaneServer.start(study)
        let batch = try await server.submit()
        let log = try EventPipe(study.directory.path + "/log")
        // A small disk of its own, in a mount namespace of its own.
        let runner = try study.start(
            "unshare",
            [
                "--user", "--map-root-user", "--mount", "sh", "-c",
                "mkdir -p runs && mount -t tmpfs -o size=4m tmpfs runs && exec \"$0\" --config runner.yaml --control-plane \"$1\"",
                Repository.products + "/runner-host", server.url,
            ], errors: log)
        try await study.events.expect("started")
        // As it sees it.
        let disk = "/proc/\(runner.pid)/root\(study.outputRoot)"
        #expect(FileManager.default.createFile(atPath: disk + "/filler", contents: nil))
        let filler = try #require(FileHandle(forWritingAtPath: disk + "/filler"))
        while (try? filler.write(contentsOf: Data(count: 4096))) != nil {}
        try filler.close()
        study.gate.open()
        try await log.expect("no jobs are taken")
        let jobs = try await server.jobs(of: batch) { $0.allSatisfy { $0.status == .pending } }
        #expect(jobs.allSatisfy { $0.retries == 0 })
        #expect(
            jobs.allSatisfy {
                $0.pendingReason?.contains("output_root: '\(study.outputRoot)' is full (No space left on device); make room there") == true
            })

        study.gate.open(for: 100)
        try FileManager.default.removeItem(atPath: disk + "/filler")
        let document = try await server.results(of: batch)
        #expect(document.batch.status == .completed)
        #expect(document.jobs.allSatisfy { $0.retries == 0 })
        try await endOrderly(runner, server)
    }
}
