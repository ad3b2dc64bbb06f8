import Foundation
import Glibc
import LynxModel
import TestSupport
import Testing

@Suite("A runner-host that is told to stop", .timeLimit(.minutes(5)))
struct DrainTests {
    private static let scenario = """
        spawn("setsid", "sleep", "1000")
        tell("started", run, attempt)
        wait()
        tell("finished", run, attempt)
        """

    @Test("At the first signal it lets running jobs finish, starts no others, and exits with 0", arguments: [SIGTERM, SIGINT])
    func drain(signal: Int32) async throws {
        let study = try StudyFixture(Self.scenario, runs: 4)
        let server = try await ControlPlaneServer.start(study)
        let batch = try await server.submit()
        let log = try EventPipe(study.directory.path + "/log")
        let runner = try server.startRunner(errors: log)
        try await study.events.expect("started", count: 2)
        runner.send(signal)
        try await log.expect("draining")
        // One after the other: a slot that is free while another job runs stays free.
        study.gate.open()
        try await log.expect("delivered")
        study.gate.open(for: 100)
        #expect(try await runner.end().exitCode == 0)
        #expect(study.isQuiet)
        _ = study.events.drain()
        #expect(study.events.seen("started").count == 2)
        #expect(study.events.seen("finished").count == 2)

        let jobs = try await server.jobs(of: batch)
        #expect(jobs.count { $0.status == .completed && $0.attempt == 1 } == 2)
        #expect(jobs.count { $0.status == .pending && $0.lostAttempts == 0 } == 2)
        let next = try server.startRunner()
        #expect(try await server.results(of: batch).batch.status == .completed)
        try await endOrderly(next, server)
    }

    @Test("At the second signal it kills what runs and gives the jobs back, which costs them no retry")
    func stopAtOnce() async throws {
        let study = try StudyFixture(Self.scenario, runs: 3)
        let server = try await ControlPlaneServer.start(study)
        let batch = try await server.submit()
        let log = try EventPipe(study.directory.path + "/log")
        let runner = try server.startRunner(errors: log)
        try await study.events.expect("started", count: 2)
        runner.send(SIGTERM)
        try await log.expect("draining")
        runner.send(SIGTERM)
        #expect(try await runner.end().exitCode == 0)
        #expect(study.isQuiet)
        #expect(log.drain().count { $0.contains("outcome=lost") } == 2)

        let jobs = try await server.jobs(of: batch)
        #expect(jobs.map(\.status) == [.pending, .pending, .pending])
        #expect(jobs.map(\.lostAttempts).sorted() == [0, 1, 1])
        #expect(jobs.allSatisfy { $0.retries == 0 && $0.completedAt == nil })

        study.gate.open(for: 100)
        let next = try server.startRunner()
        let document = try await server.results(of: batch)
        #expect(document.batch.status == .completed)
        #expect(document.jobs.map(\.attempt).sorted() == [1, 2, 2])
        try await endOrderly(next, server)
    }

    @Test("Idle, it leaves at once")
    func idle() async throws {
        let study = try StudyFixture(Self.scenario, runs: 1)
        let server = try await ControlPlaneServer.start(study)
        let log = try EventPipe(study.directory.path + "/log")
        let runner = try server.startRunner(errors: log)
        try await log.expect("registered")
        runner.send(SIGINT)
        #expect(try await runner.end().exitCode == 0)
        server.program.send(SIGTERM)
        #expect(try await server.program.end().exitCode == 0)
    }

    @Test("Ctrl-C to lynxctl run ends the study in good order, a second one at once; --resume completes it", arguments: [1, 2])
    func interruptedRun(times: Int) async throws {
        let study = try StudyFixture(Self.scenario, runs: 4)
        let messages = try EventPipe(study.directory.path + "/messages")
        let arguments = ["--runner-config", "runner.yaml", "--state", "state", "--json"]
        let run = try study.start("lynxctl", ["run", "batch.yaml"] + arguments, errors: messages)
        try await study.events.expect("started", count: 2)
        run.send(SIGINT)
        try await messages.expect("stopping: ")
        if times == 2 { run.send(SIGINT) } else { study.gate.open(for: 100) }
        let end = try await run.end()
        #expect(end.exitCode == 128 + SIGINT)
        #expect(study.isQuiet)
        let document = try StudyDocument(end.output)
        #expect(document.jobs.count { $0.status == .completed } == (times == 2 ? 0 : 2))
        #expect(
            document.jobs.count { $0.status == .pending } == (times == 2 ? 4 : 2),
            "\((try? String(contentsOfFile: study.directory.path + "/state/runner-host.log", encoding: .utf8)) ?? "no log")")
        _ = study.events.drain()
        #expect(study.events.seen("started").count == 2)

        study.gate.open(for: 100)
        let resumed = try await study.start("lynxctl", ["run", "--resume", document.batch.batchID] + arguments).end()
        #expect(resumed.exitCode == 0, "\(resumed.errors)")
        #expect(try StudyDocument(resumed.output).runsWithResults == [0, 1, 2, 3])
    }
}
