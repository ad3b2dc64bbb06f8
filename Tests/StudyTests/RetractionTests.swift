import Foundation
import Glibc
import LynxModel
import TestSupport
import Testing

@Suite("A runner-host whose engine takes results back", .timeLimit(.minutes(5)))
struct RetractionTests {
    /// A study of the engine in C whose jobs do as `fault` says.
    private static func study(_ fault: String, runs: Int = 3) async throws -> StudyFixture {
        let study = try StudyFixture("", runs: runs)
        try await EngineCompiler.fault(in: study.directory)
        try write(fault, runs: runs, as: "batch.yaml", in: study)
        try write("retracts_proof", runs: 1, as: "check.yaml", in: study)
        try study.directory.write(
            "runner.yaml",
            """
            engines: [fault]
            engine_path: [\(study.directory.path)]
            output_root: \(study.directory.path)/runs
            state_directory: \(study.directory.path)/state
            max_concurrent_jobs: 2
            """)
        return study
    }

    private static func write(_ fault: String, runs: Int, as name: String, in study: StudyFixture) throws {
        try study.directory.write(
            name,
            """
            name: \(fault)
            config:
              simulation: {name: faulty, type: fault}
              monte_carlo: {runs: \(runs), seed: 7}
              dispersions: {fault: {distribution: {type: constant, value: \(fault)}, units: ""}}
            """)
    }

    /// Waits until the runner says that it has started the batch's only job.
    private static func started(_ batch: String, _ log: EventPipe) async throws {
        while true {
            let line = try await log.next()
            if line.contains("\(batch)-0") && line.hasSuffix(" started") { return }
        }
    }

    @Test("Killed before the control plane has heard of it, it takes them back at its next start, of batches that have ended", arguments: [false, true])
    func killed(onPostgres: Bool) async throws {
        let database = onPostgres ? try PostgresDatabase() : nil
        let study = try await Self.study("rests_on_proof")
        let server = try await ControlPlaneServer.start(study, database: database?.url ?? "ledger.sqlite")
        let errors = try EventPipe(study.directory.file("errors"))
        let first = try server.startRunner(errors: errors)
        let batch = try await server.submit()
        let before = try await server.results(of: batch)
        #expect(before.batch.status == .completed && before.results.allSatisfy { $0.metadata.basis == "proof" })

        // The engine takes it back while nobody answers.
        let check = try WireJSON.decode(BatchReceipt.self, from: Data(try await server.ask("submit", "check.yaml").output.utf8)).batchID
        try await Self.started(check, errors)
        server.program.send(SIGKILL)
        _ = try await server.program.end()
        try study.directory.write("runs/\(check)/\(check)-0/attempt-1/output/go", "")
        try await errors.expect("an engine takes results back")
        first.send(SIGKILL)
        #expect(try await first.end().signal == SIGKILL)

        let again = try await ControlPlaneServer.start(study, at: server.url, database: database?.url ?? "ledger.sqlite")
        #expect(try await again.results(of: batch).batch.warnings == nil)
        let more = try EventPipe(study.directory.file("more-errors"))
        let second = try again.startRunner(errors: more)
        try await more.expect("results taken back")
        let after = try await again.results(of: batch)
        #expect(after.batch.status == .completed)
        #expect(after.batch.warnings == ["3 results were taken back and run again: a sample differed from its cold run"])
        #expect(after.results.allSatisfy { $0.success && $0.metadata.attempt == 2 && $0.metadata.basis == nil })
        #expect(after.jobs.allSatisfy { $0.retries == 0 && $0.lostAttempts == 0 })
        // As a person sees it.
        let status = try await Program.run("lynxctl", ["status", batch, "--control-plane", again.url], in: study.directory.path)
        #expect(status.outputLines.contains("warning    3 results were taken back and run again: a sample differed from its cold run"))
        #expect(try study.directory.names("state/spool").filter { $0.hasSuffix(".retraction") } == [])
        // Whether the end of its first attempt was on disk before the runner was killed, so that no second one starts, is chance.
        _ = try await again.ask("cancel", check)
        try await endOrderly(second, again)
    }

    @Test("Under lynxctl run the study goes on until the runs that are done again have ended, and says so")
    func underRun() async throws {
        let study = try await Self.study("rests_then_retracts_proof", runs: 4)
        let run = try study.start("lynxctl", ["run", "batch.yaml", "--runner-config", "runner.yaml", "--state", "study"])
        let end = try await run.end()
        #expect(end.exitCode == 0, "\(end.errors)")
        #expect(end.outputLines.contains { $0.hasPrefix("4 completed of 4 jobs") })
        #expect(end.outputLines.contains("warning: 3 results were taken back and run again: a sample differed from its cold run"))
    }
}
