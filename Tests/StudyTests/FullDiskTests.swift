import Foundation
import Glibc
import LynxModel
import TestSupport
import Testing

@Suite("A control plane whose disk is full", .timeLimit(.minutes(5)))
struct FullDiskTests {
    private static let scenario = """
        with open(output + "/note.txt", "w") as file:
            file.write(f"run {run}\\n")
        tell("started", run, attempt)
        wait()
        tell("finished", run, attempt)
        """

    /// - Parameter document: all ended well, at the first attempt.
    private func check(_ document: StudyDocument, runs: Int) {
        #expect(document.batch.status == .completed)
        #expect(document.runsWithResults == Array(0..<runs))
        #expect(document.jobs.allSatisfy { $0.status == .completed && $0.attempt == 1 && $0.lostAttempts == 0 && $0.retries == 0 })
    }

    @Test("lynxctl run says in its progress that the ledger's disk is full, and goes on by itself when there is room")
    func run() async throws {
        let study = try StudyFixture(Self.scenario, runs: 5)
        let disk = try await DiskShim(full: study.directory.file("state/ledger"))
        let errors = try EventPipe(study.directory.file("errors"))
        let run = try study.start(
            "lynxctl", ["run", "batch.yaml", "--runner-config", "runner.yaml", "--state", "state", "--json"],
            environment: disk.environment, errors: errors)
        try await study.events.expect("started", count: 2)
        try disk.fill()
        study.gate.open()
        let line = try await errors.expect("no room on the disk")[0]
        #expect(line.contains("no room on the disk of the ledger (state/ledger.sqlite); it goes on by itself when there is some"))
        try disk.makeRoom()
        study.gate.open(for: 100)
        let end = try await run.end()
        #expect(end.exitCode == 0, "\(errors.seen("").joined(separator: "\n"))")
        check(try StudyDocument(end.output), runs: 5)
    }

    @Test("So does status --watch when it is the artifact store's disk; files and results arrive later")
    func artifacts() async throws {
        let study = try StudyFixture(Self.scenario, runs: 3)
        let disk = try await DiskShim(full: study.directory.file("artifacts"))
        let server = try await ControlPlaneServer.start(study, environment: disk.environment)
        let runner = try server.startRunner()
        let batch = try await server.submit()
        try disk.fill()
        let watchErrors = try EventPipe(study.directory.file("watch"))
        let watch = try study.start("lynxctl", ["status", batch, "--watch", "--control-plane", server.url], errors: watchErrors)
        study.gate.open(for: 100)
        let line = try await watchErrors.expect("no room on the disk")[0]
        #expect(line.contains("no room on the disk of the artifact store (artifacts/uploads)"))
        let status = try await Program.run("lynxctl", ["status", batch, "--control-plane", server.url], in: study.directory.path)
        #expect(status.output.contains("waiting    no room on the disk of the artifact store"))
        try disk.makeRoom()
        #expect(try await watch.end().exitCode == 0)
        let document = try await server.results(of: batch)
        check(document, runs: 3)
        #expect(document.results.allSatisfy { $0.metadata.warnings == [] })
        let got = try await Program.run(
            "lynxctl", ["artifacts", "download", batch, "--to", "got", "--control-plane", server.url], in: study.directory.path)
        #expect(got.output.hasPrefix("3 files, "), "\(got.errors)")
        try await endOrderly(runner, server)
    }

    @Test("A stored file's directories are on stable storage before the control plane says that it has it")
    func syncedDirectories() async throws {
        let study = try StudyFixture(Self.scenario, runs: 1)
        let disk = try await DiskShim(full: "/nowhere")
        let server = try await ControlPlaneServer.start(study, environment: disk.environment)
        let runner = try server.startRunner()
        let batch = try await server.submit()
        study.gate.open()
        _ = try await server.results(of: batch)
        let store = study.directory.file("artifacts/blobs")
        let folders = try FileManager.default.contentsOfDirectory(atPath: store + "/default").map { "\(store)/default/\($0)" }
        #expect(folders.count == 1)
        #expect(try disk.synced().isSuperset(of: folders + [store + "/default", store, study.directory.file("artifacts")]))
        try await endOrderly(runner, server)
    }
}
