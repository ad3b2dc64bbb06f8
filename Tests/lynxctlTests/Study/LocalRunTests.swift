import Foundation
import Glibc
import LynxModel
import Testing
import TestSupport

@Suite("lynxctl run", .timeLimit(.minutes(5)))
struct LocalRunTests {
    @Test("A study whose jobs all complete exits with 0 and shows each run, its files and the totals")
    func complete() async throws {
        let study = try StudyFixture(runs: 3)
        let end = try await study.run()
        #expect(end.exitCode == 0, "\(end.errors)")
        let lines = end.outputLines
        #expect(lines.first?.contains("final_radius_km") == true)
        #expect(lines.count { $0.contains("Completed") } == 3)
        #expect(lines.count { $0.contains("/output/summary.json") } == 3)
        #expect(lines.contains { $0.hasPrefix("3 completed of 3 jobs, 3 artifacts, wall time ") })
        #expect(lines.last?.contains("ledger .lynx/ledger.sqlite") == true)
        #expect(study.reported() == [0, 1, 2])
    }

    @Test("A study whose results are taken back at its very end goes on, and tells of it")
    func reopened() async throws {
        let study = try StudyFixture(runs: 3, runner: ["retract": "proof"])
        let end = try await study.run()
        #expect(end.exitCode == 0, "\(end.errors)")
        #expect(end.errorLines.contains("the study goes on: 3 results were taken back and run again: a sample differed"))
        #expect(end.outputLines.contains("warning: 3 results were taken back and run again: a sample differed"))
        #expect(end.output.contains("3 completed of 3 jobs"))
        #expect(study.reported() == [0, 0, 1, 1, 2, 2])
        #expect(study.events.seen.count { $0.hasPrefix("registered ") } == 2)
    }

    @Test("A study with a failed job exits with 1 and shows the job's message")
    func failedJob() async throws {
        let study = try StudyFixture(runs: 3, runner: ["fail": "1"])
        let end = try await study.run()
        #expect(end.exitCode == 1)
        #expect(end.outputLines.contains { $0.contains("Failed") && $0.contains("run 1 failed on purpose") })
        #expect(end.output.contains("2 completed, 1 failed of 3 jobs"))
    }

    @Test("With --json standard output is one JSON document")
    func json() async throws {
        let study = try StudyFixture(runs: 2)
        let end = try await study.run("--json", "--seed", "99", "--runs", "4")
        #expect(end.exitCode == 0)
        struct Document: Decodable {
            var batch: Batch
            var results: [JobResult]
        }
        let document = try WireJSON.decode(Document.self, from: Data(end.output.utf8))
        #expect(document.batch.seed == 99)
        #expect(document.batch.status == .completed)
        #expect(document.results.map(\.metadata.runIndex) == [0, 1, 2, 3])
    }

    @Test("The runner is given the overrides of the command line")
    func overrides() async throws {
        let study = try StudyFixture(runs: 4, gated: true, runner: ["slots": "1"])
        let run = try study.start("--max-concurrent-jobs", "3", "--engines", "fake")
        // Three at a time only because of the override.
        try await study.events.expect("started", count: 3)
        study.release(4)
        #expect(try await run.end().exitCode == 0)
    }

    @Test("A batch goes on where a killed lynxctl left it, and no job that has ended runs again")
    func resumeAfterKill() async throws {
        let study = try StudyFixture(runs: 4, gated: true)
        let run = try study.start()
        try await study.events.expect("started", count: 2)
        study.release(1)
        try await study.events.expect("reported")
        run.send(SIGKILL)
        let killed = try await run.end()
        #expect(killed.signal == SIGKILL)
        let batch = try #require(killed.batchID)

        study.release(8)
        let resumed = try await study.resume(batch)
        #expect(resumed.exitCode == 0, "\(resumed.errors)")
        #expect(resumed.errors.contains("fake study: goes on at 1 of 4 runs"))
        #expect(resumed.output.contains("4 completed of 4 jobs"))
        #expect(study.reported() == [0, 1, 2, 3])

        let again = try await study.resume(batch)
        #expect(again.exitCode == 0)
        #expect(again.errors.contains("has ended"))
        #expect(study.reported() == [0, 1, 2, 3])
    }

    @Test("A new study names the unfinished one, and hands out none of its jobs")
    func unfinishedBatch() async throws {
        let study = try StudyFixture(runs: 2, gated: true)
        let run = try study.start()
        try await study.events.expect("started", count: 2)
        run.send(SIGKILL)
        let unfinished = try #require(try await run.end().batchID)

        study.release(8)
        let end = try await study.run("--json", "--runs", "1")
        #expect(end.exitCode == 0, "\(end.errors)")
        #expect(end.errors.contains("batch \(unfinished) of an earlier run is unfinished; go on with: lynxctl run --resume \(unfinished)"))
        #expect(study.reported() == [0])
    }

    @Test("A runner that is killed is started again, and the study completes with every job once")
    func runnerKilled() async throws {
        let study = try StudyFixture(runs: 4, gated: true)
        let run = try study.start()
        let registered = try await study.events.expect("registered")
        try await study.events.expect("started", count: 2)
        kill(try #require(pid_t(registered[0].dropFirst("registered ".count))), SIGKILL)
        try await study.events.expect("registered")
        study.release(8)
        let end = try await run.end()
        #expect(end.exitCode == 0, "\(end.errors)")
        #expect(end.errors.contains("runner-host was killed; starting it again (1 of 5)"))
        #expect(end.output.contains("4 completed of 4 jobs"))
        #expect(study.reported() == [0, 1, 2, 3])
    }

    @Test("The first Ctrl-C lets running jobs finish and tells how to go on", arguments: [SIGINT, SIGTERM, SIGHUP])
    func drain(signal: Int32) async throws {
        let study = try StudyFixture(runs: 3, gated: true, runner: ["slots": "1"])
        let run = try study.start()
        try await study.events.expect("started")
        run.send(signal)
        try await study.events.expect("draining")
        study.release(1)
        try await study.events.expect("left")
        let end = try await run.end()
        #expect(end.exitCode == 128 + signal)
        #expect(end.errors.contains("stopping: running jobs may finish"))
        let batch = try #require(end.batchID)
        #expect(end.errors.contains("not finished; go on with: lynxctl run --resume \(batch) --runner-config runner.yaml"))
        #expect(end.output.contains("1 completed, 2 pending of 3 jobs"))

        study.release(8)
        #expect(try await study.resume(batch).exitCode == 0)
        #expect(study.reported() == [0, 1, 2])
    }

    @Test("The second Ctrl-C stops at once")
    func stop() async throws {
        let study = try StudyFixture(runs: 3, gated: true)
        let run = try study.start()
        try await study.events.expect("started", count: 2)
        run.send(SIGINT)
        try await study.events.expect("draining")
        run.send(SIGINT)
        try await study.events.expect("stopping")
        let end = try await run.end()
        #expect(end.exitCode == 130)
        #expect(end.errors.contains("stopping at once: running jobs are killed"))
        #expect(end.output.contains("no run has ended"))
        #expect(study.reported() == [])
    }

    @Test("The state directory of a study at work is refused to a second one")
    func locked() async throws {
        let study = try StudyFixture(runs: 1, gated: true)
        let run = try study.start()
        try await study.events.expect("started")
        let second = try await study.run()
        #expect(second.exitCode == 2)
        #expect(second.errorLines.count == 1)
        #expect(second.errors.hasPrefix("lynxctl: another lynxctl run (pid \(run.pid), control plane http://127.0.0.1:"))
        study.release(1)
        #expect(try await run.end().exitCode == 0)
    }

    @Test("A runner that refuses its configuration has its message shown and its exit code kept")
    func refusedConfiguration() async throws {
        let study = try StudyFixture(runs: 1, runner: ["refuse": "runner.yaml:3:1: unknown key 'engin'; did you mean 'engines'?"])
        let end = try await study.run()
        #expect(end.exitCode == 2)
        #expect(end.errorLines.last == "runner.yaml:3:1: unknown key 'engin'; did you mean 'engines'?")
        #expect(end.batchID == nil)
        #expect(end.output.isEmpty)
    }

    @Test("A batch that this runner cannot run is refused before it is submitted")
    func wrongType() async throws {
        let study = try StudyFixture(runs: 1, runner: ["type": "other"])
        let end = try await study.run()
        #expect(end.exitCode == 2)
        #expect(end.errors.contains("the batch needs 'fake' (config.simulation.type), but this runner runs other"))
        #expect(end.batchID == nil)
    }

    @Test("An id that the ledger does not hold is refused with those that it does")
    func resumeUnknown() async throws {
        let study = try StudyFixture(runs: 1)
        let end = try await study.resume("nosuch")
        #expect(end.exitCode == 2)
        #expect(end.errors == "lynxctl: there is no batch 'nosuch' in .lynx/ledger.sqlite; it has no unfinished batch\n")
    }

    @Test("On a terminal the progress is one line that is redrawn, without colours when NO_COLOR is set")
    func terminal() async throws {
        let study = try StudyFixture(runs: 2)
        let terminal = ["-c", "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))"]
        let arguments = terminal + [Repository.products + "/lynxctl"] + study.runArguments
        let plain = try await Program.run(
            Repository.python, arguments, in: study.directory.path, environment: ["NO_COLOR": "1", "TERM": "xterm"])
        #expect(plain.exitCode == 0)
        #expect(plain.output.contains("\r\u{1B}[2K["))
        #expect(plain.output.contains("2/2  0 failed  0 running"))
        #expect(!plain.output.contains("\u{1B}[3"))
        let coloured = try await Program.run(
            Repository.python, arguments, in: study.directory.path, environment: ["TERM": "xterm"])
        #expect(coloured.output.contains("\u{1B}[32mCompleted\u{1B}[0m"))
    }
}
