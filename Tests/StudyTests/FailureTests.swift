import Foundation
import LynxModel
import TestSupport
import Testing

@Suite("Runs that fail", .timeLimit(.minutes(5)))
struct FailureTests {
    @Test("A run past its time is killed with all that it started, and its status is Timeout")
    func timeout() async throws {
        let study = try StudyFixture(
            """
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            open(output + "/begun.txt", "w").write("begun")
            spawn("setsid", "sleep", "1000")
            tell("started", run, os.getpid())
            time.sleep(1000)
            """, runs: 1, timeoutSeconds: 3, maxRetries: 2)
        let end = try await study.startRun().end()
        #expect(end.exitCode == 1, "\(end.errors)")
        #expect(study.events.drain().count == 1)
        #expect(study.isQuiet)
        let document = try StudyDocument(end.output)
        #expect(document.jobs.map(\.status) == [.timeout])
        #expect(document.jobs.map(\.errorMessage) == ["timed out after 3 s"])
        // What took too long once is not tried again.
        #expect(document.jobs.map(\.attempt) == [1])
        #expect(document.batch.failedJobs == 1)
        #expect(document.results.map(\.metadata.outcome) == [.timeout])
        #expect(document.results.first?.artifacts.map(\.path) == ["begun.txt"])
    }

    @Test("A failed run is tried again as often as the batch allows, and its last attempt is its result")
    func retries() async throws {
        let study = try StudyFixture(
            """
            tell("attempt", run, attempt)
            open(output + f"/of-attempt-{attempt}.txt", "w").write("done")
            if run == 1 or attempt < 3:
                print("a first line", file=sys.stderr)
                print(f"no luck with run {run}", file=sys.stderr)
                sys.exit(3)
            """, runs: 2, maxRetries: 2)
        let end = try await study.startRun().end()
        #expect(end.exitCode == 1, "\(end.errors)")
        _ = study.events.drain()
        #expect(study.events.seen("attempt").sorted() == ["0 1", "0 2", "0 3", "1 1", "1 2", "1 3"])

        let document = try StudyDocument(end.output)
        #expect(document.results.count == 2)
        let (mended, failed) = (try document.job(0), try document.job(1))
        #expect(mended.status == .completed && mended.attempt == 3 && mended.retries == 2)
        #expect(try document.result(0).artifacts.map(\.path) == ["of-attempt-3.txt"])
        #expect(failed.status == .failed && failed.attempt == 3 && failed.retries == 2)
        #expect(failed.lostAttempts == 0)
        #expect(failed.errorMessage?.hasPrefix("exit code 3: no luck with run 1\n") == true)
        #expect(try document.result(1).metadata.exitCode == 3)
        #expect(study.isQuiet)
    }

    @Test("A failure that another attempt cannot mend is not tried again")
    func hopeless() async throws {
        let study = try StudyFixture("", runs: 1, maxRetries: 5, python: "./python")
        // Executable as far as its mode tells, and no program all the same.
        try study.directory.write("python", "", mode: 0o755)
        let end = try await study.startRun().end()
        #expect(end.exitCode == 1, "\(end.errors)")
        let document = try StudyDocument(end.output)
        #expect(document.jobs.map(\.status) == [.failed])
        #expect(document.jobs.map(\.attempt) == [1])
        #expect(document.jobs.first?.errorMessage?.contains("Exec format error") == true)
        #expect(Simulations.running(below: study.outputRoot).isEmpty)
    }

    @Test("Runs that crash leave no core files in the directory that they share, unless the runner is told so", arguments: [false, true])
    func coreFiles(wanted: Bool) async throws {
        let study = try StudyFixture(
            """
            import resource
            tell("limit", *resource.getrlimit(resource.RLIMIT_CORE))
            os.abort()
            """, runs: 1)
        try study.directory.write("runner.yaml", try study.directory.read("runner.yaml") + "core_files: \(wanted)\n")
        // With a limit that is not 0 from the start.
        let end = try await study.start(
            "bash", ["-c", "ulimit -Sc \(1 << 10); exec \"$@\"", "bash", Repository.products + "/lynxctl", "run", "batch.yaml", "--runner-config", "runner.yaml", "--state", "state", "--json"]
        ).end()
        #expect(end.exitCode == 1, "\(end.errors)")
        let limits = try #require(study.events.drain().first).split(separator: " ")
        #expect(limits.count == 3 && limits[1] == (wanted ? "1048576" : "0"))
        #expect(try StudyDocument(end.output).results.map(\.metadata.exitSignal) == [SIGABRT])
    }

    @Test("A run ended by a signal of its own says which")
    func signal() async throws {
        let study = try StudyFixture("os.kill(os.getpid(), signal.SIGSEGV)", runs: 1)
        let end = try await study.startRun().end()
        #expect(end.exitCode == 1)
        let document = try StudyDocument(end.output)
        #expect(document.results.map(\.metadata.exitSignal) == [SIGSEGV])
        #expect(document.jobs.first?.errorMessage?.hasPrefix("ended by signal 11 (Segmentation fault)") == true)
    }
}
