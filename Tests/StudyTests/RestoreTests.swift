import Foundation
import Glibc
import LynxModel
import TestSupport
import Testing

@Suite("A ledger taken back to a copy while its runner lives on", .timeLimit(.minutes(5)))
struct RestoreTests {
    private static let scenario = """
        with open(output + "/note.txt", "w") as file:
            file.write(f"run {run}\\n")
        tell("started", run, attempt)
        wait()
        tell("finished", run, attempt)
        """

    private func stop(_ server: ControlPlaneServer) async throws {
        server.program.send(SIGTERM)
        #expect(try await server.program.end().exitCode == 0)
    }

    /// As docs/operate-a-runner.md says.
    private func restore(_ copy: String, _ study: StudyFixture) throws {
        try FileManager.default.removeItem(atPath: study.directory.file("ledger.sqlite"))
        try FileManager.default.copyItem(atPath: study.directory.file(copy), toPath: study.directory.file("ledger.sqlite"))
        for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: study.directory.file("ledger.sqlite" + suffix)) }
    }

    @Test("What has been run since is run again, each job to one end, and neither job nor runner is blamed")
    func restored() async throws {
        let study = try StudyFixture(Self.scenario, runs: 12)
        let first = try await ControlPlaneServer.start(study)
        let batch = try await first.submit()
        let runner = try first.startRunner()
        // One has ended, and two are at work, when the copy is made.
        try await study.events.expect("started", count: 2)
        study.gate.open()
        try await study.events.expect("started")
        let copied = try await Program.run(
            Repository.python,
            ["-c", "import sqlite3; sqlite3.connect('ledger.sqlite').backup(sqlite3.connect('copy.sqlite'))"], in: study.directory.path)
        #expect(copied.exitCode == 0, "\(copied.errors)")
        study.gate.open(for: 11)
        let before = try await first.results(of: batch)
        #expect(before.batch.status == .completed)

        // Of a batch that the copy knows nothing of, two are at work while the ledger is taken back.
        let unknown = try await first.submit()
        _ = try await study.events.expect("started", count: 9 + 2)
        try await stop(first)
        try restore("copy.sqlite", study)
        let second = try await ControlPlaneServer.start(study, at: first.url)
        study.gate.open(for: 1000)
        let document = try await second.results(of: batch)
        #expect(document.batch.status == .completed)
        #expect(document.runsWithResults == Array(0..<12))
        #expect(document.results.allSatisfy { $0.success && $0.metadata.warnings == [] && $0.artifacts.map(\.path) == ["note.txt"] })
        // Those at work when it was copied, held ready, or with a report on its way were lost to it, and nothing else was.
        #expect(document.jobs.allSatisfy { $0.status == .completed && $0.retries == 0 && $0.errorMessage == nil })
        #expect(document.jobs.count { $0.lostAttempts > 0 } <= 3 * 2)
        #expect(document.jobs.allSatisfy { $0.lostAttempts <= 1 })

        let runners = try await second.ask("runners")
        let listed = try WireJSON.decode([String: [Runner]].self, from: Data(runners.output.utf8))["runners"] ?? []
        #expect(listed.count == 1 && listed.allSatisfy { $0.quarantine == nil && $0.status == .idle }, "\(runners.output)")
        #expect(try await second.ask("status", unknown).exitCode == 2)
        // What was there from before has stayed beside what came anew.
        let again = try #require(document.jobs.first { $0.attempt == 1 && $0.runConfig.runIndex > 2 }).jobID
        let attempts = try study.directory.names("runs/\(batch)/\(again)")
        #expect(attempts == ["attempt-1", "attempt-1.2"])
        let got = try await Program.run(
            "lynxctl", ["artifacts", "download", batch, "--to", "got", "--control-plane", second.url], in: study.directory.path)
        #expect(got.output.hasPrefix("12 files, "), "\(got.errors)")
        #expect(try study.directory.names("runs/.runner/spool").allSatisfy { $0.hasSuffix(".spare") })
        try await endOrderly(runner, second)
        #expect(study.isQuiet)
    }

    @Test("Results that ended while the control plane was down are taken, if the copy gave out their attempts")
    func spooled() async throws {
        let study = try StudyFixture(Self.scenario, runs: 4)
        let first = try await ControlPlaneServer.start(study)
        let batch = try await first.submit()
        let runner = try first.startRunner()
        try await study.events.expect("started", count: 2)
        try await stop(first)
        try FileManager.default.copyItem(atPath: study.directory.file("ledger.sqlite"), toPath: study.directory.file("copy.sqlite"))
        study.gate.open(for: 2)
        try await study.events.expect("finished", count: 2)
        try restore("copy.sqlite", study)
        let second = try await ControlPlaneServer.start(study, at: first.url)
        study.gate.open(for: 100)
        let document = try await second.results(of: batch)
        #expect(document.batch.status == .completed)
        #expect(document.jobs.allSatisfy { $0.status == .completed && $0.attempt == 1 && $0.lostAttempts == 0 })
        try await endOrderly(runner, second)
        _ = study.events.drain()
        #expect(study.events.seen("finished").sorted() == (0..<4).map { "\($0) 1" })
    }
}
