import Foundation
import Glibc
import LynxModel
import TestSupport
import Testing

@Suite("A control plane that is killed in the middle of a study", .timeLimit(.minutes(5)))
struct KilledControlPlaneTests {
    private static let scenario = """
        tell("started", run, attempt)
        wait()
        tell("finished", run, attempt)
        """

    @Test("Started again on its ledger it completes the study; what ended meanwhile is reported, what runs goes on")
    func startedAgain() async throws {
        let study = try StudyFixture(Self.scenario, runs: 5)
        let first = try await ControlPlaneServer.start(study)
        let batch = try await first.submit()
        let runner = try first.startRunner()
        try await study.events.expect("started", count: 2)
        study.gate.open()
        try await study.events.expect("started")
        first.program.send(SIGKILL)
        #expect(try await first.program.end().signal == SIGKILL)
        // Ends with nobody to tell.
        study.gate.open()
        try await study.events.expect("finished")

        let second = try await ControlPlaneServer.start(study, at: first.url)
        #expect(second.url == first.url)
        study.gate.open(for: 100)
        let document = try await second.results(of: batch)
        #expect(document.batch.status == .completed)
        #expect(document.runsWithResults == [0, 1, 2, 3, 4])
        // None was lost, and none was run twice.
        #expect(document.jobs.allSatisfy { $0.status == .completed && $0.attempt == 1 && $0.lostAttempts == 0 })
        _ = study.events.drain()
        #expect(study.events.seen("finished").sorted() == (0..<5).map { "\($0) 1" })
        #expect(study.isQuiet)
        try await endOrderly(runner, second)
    }

    @Test("lynxctl run killed takes its runner and the simulations with it, and --resume completes the study")
    func resumed() async throws {
        let study = try StudyFixture(Self.scenario, runs: 4)
        let killed = try study.startRun()
        try await study.events.expect("started", count: 2)
        study.gate.open()
        try await study.events.expect("started")
        killed.send(SIGKILL)
        let end = try await killed.end()
        #expect(end.signal == SIGKILL)
        #expect(await study.lifeline.ended())
        #expect(Simulations.running(below: study.outputRoot).isEmpty)

        let batch = try #require(end.errorLines.first { $0.contains(", batch ") }?.split(separator: " ").last)
        study.gate.open(for: 100)
        let resumed = try await study.start(
            "lynxctl", ["run", "--resume", String(batch), "--runner-config", "runner.yaml", "--state", "state", "--json"]
        ).end()
        #expect(resumed.exitCode == 0, "\(resumed.errors)")
        let document = try StudyDocument(resumed.output)
        #expect(document.runsWithResults == [0, 1, 2, 3])
        #expect(document.jobs.allSatisfy { $0.status == .completed && $0.retries == 0 })
        _ = study.events.drain()
        #expect(study.events.seen("finished").sorted() == document.jobs.map { "\($0.runConfig.runIndex) \($0.attempt)" }.sorted())
        #expect(study.isQuiet)
    }
}
