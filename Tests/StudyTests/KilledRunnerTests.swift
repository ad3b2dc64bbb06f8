import Foundation
import Glibc
import LynxModel
import TestSupport
import Testing

@Suite("A runner-host that is killed in the middle of a study", .timeLimit(.minutes(5)))
struct KilledRunnerTests {
    /// Each run waits to be let through, beside a child in a session of its own that ignores SIGTERM and SIGHUP.
    private static let scenario = """
        spawn("setsid", "sh", "-c", "trap '' TERM HUP; sleep 1000 & wait")
        tell("started", run, attempt)
        wait()
        open(output + "/done.txt", "w").write("done")
        tell("finished", run, attempt)
        """

    @Test("Under lynxctl run it is started again, and every run is done exactly once")
    func underRun() async throws {
        let study = try StudyFixture(Self.scenario, runs: 5)
        let run = try study.startRun()
        try await study.events.expect("started", count: 2)
        study.gate.open()
        // One has ended, and two are at work.
        try await study.events.expect("started")
        kill(try study.runnerPID(), SIGKILL)
        // The next one has swept up before it starts anything; until then the old ones could pass the gate.
        try await study.events.expect("started", count: 2)
        study.gate.open(for: 100)
        let end = try await run.end()
        #expect(end.exitCode == 0, "\(end.errors)")
        #expect(end.errors.contains("runner-host was killed; starting it again (1 of 5)"))
        try check(study, try StudyDocument(end.output), lost: 2)
    }

    @Test("With it everything that it had started is gone, and started again it completes the study")
    func startedAgain() async throws {
        let study = try StudyFixture(Self.scenario, runs: 5)
        let server = try await ControlPlaneServer.start(study)
        let batch = try await server.submit()
        let killed = try server.startRunner()
        try await study.events.expect("started", count: 2)
        study.gate.open()
        try await study.events.expect("started")
        killed.send(SIGKILL)
        #expect(try await killed.end().signal == SIGKILL)
        // Nobody has swept up yet.
        #expect(await study.lifeline.ended())
        #expect(Simulations.running(below: study.outputRoot).isEmpty)

        study.gate.open(for: 100)
        let runner = try server.startRunner()
        try check(study, try await server.results(of: batch), lost: 2)
        try await endOrderly(runner, server)
    }

    /// - Parameter lost: how many runs were at work when the runner was killed.
    private func check(_ study: StudyFixture, _ document: StudyDocument, lost: Int) throws {
        #expect(study.isQuiet)
        #expect(document.batch.status == .completed)
        #expect(document.runsWithResults == [0, 1, 2, 3, 4])
        #expect(document.results.allSatisfy { $0.success && $0.artifacts.map(\.path) == ["done.txt"] })
        #expect(document.jobs.allSatisfy { $0.status == .completed && $0.retries == 0 })
        #expect(document.jobs.count { $0.lostAttempts == 1 && $0.attempt == 2 } == lost)
        #expect(document.jobs.count { $0.lostAttempts == 0 && $0.attempt == 1 } == 5 - lost)
        _ = study.events.drain()
        let finished = study.events.seen("finished")
        #expect(finished.sorted() == document.jobs.map { "\($0.runConfig.runIndex) \($0.attempt)" }.sorted())
    }
}

/// Ends both as a person would.
func endOrderly(_ runner: Program, _ server: ControlPlaneServer) async throws {
    runner.send(SIGTERM)
    let end = try await runner.end()
    #expect(end.exitCode == 0, "\(end.errors)")
    server.program.send(SIGTERM)
    #expect(try await server.program.end().exitCode == 0)
}
