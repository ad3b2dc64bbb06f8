import Foundation
import Glibc
import LynxModel
import TestSupport
import Testing

@Suite("Two control planes on one PostgreSQL database", .timeLimit(.minutes(5)))
struct SharedDatabaseTests {
    private static let scenario = """
        tell("started", run, attempt)
        wait()
        with open(output + "/run.txt", "w") as file:
            file.write(f"run {run}")
        """

    @Test("What is submitted at one is run by the other's runner, cancelled and read at either, and outlives one of them")
    func study() async throws {
        let database = try PostgresDatabase()
        let study = try StudyFixture(Self.scenario, runs: 4)
        let first = try await ControlPlaneServer.start(study, database: database.url)
        let second = try await ControlPlaneServer.start(study, database: database.url)
        let runner = try second.startRunner()
        let batch = try await first.submit()
        try await study.events.expect("started", count: 2)

        // Its slot is free again only when the simulation is gone; nobody opens the gate for it.
        let cancelled = try await first.ask("cancel", "\(batch)-0")
        #expect(cancelled.exitCode == 0, "\(cancelled.errors)")
        #expect(try await study.events.expect("started") == ["started 2 1"])
        #expect(Simulations.running(below: study.outputRoot + "/\(batch)/\(batch)-0").isEmpty)
        study.gate.open(for: 3)

        let document = try await first.results(of: batch)
        #expect(document.jobs.map(\.status) == [.cancelled, .completed, .completed, .completed])
        #expect(document.jobs.allSatisfy { $0.attempt == 1 && $0.lostAttempts == 0 })
        #expect(try await second.ask("results", batch).output == first.ask("results", batch).output)
        // The store is theirs together, too.
        let download = try await first.ask("artifacts", "download", batch, "--to", "got")
        #expect(download.exitCode == 0, "\(download.errors)")
        for run in 1...3 { #expect(try study.directory.read("got/\(batch)-\(run)/output/run.txt") == "run \(run)") }

        first.program.send(SIGKILL)
        _ = try await first.program.end()
        study.gate.open(for: 4)
        let next = try await second.submit()
        #expect(try await second.results(of: next).batch.status == .completed)
        #expect(study.isQuiet)
        runner.send(SIGTERM)
        #expect(try await runner.end().exitCode == 0)
        second.program.send(SIGTERM)
        #expect(try await second.program.end().exitCode == 0)
    }
}
