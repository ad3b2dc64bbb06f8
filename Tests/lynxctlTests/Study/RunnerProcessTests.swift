import Glibc
import LynxCLI
import Testing
import TestSupport

@Suite("The runner's process", .timeLimit(.minutes(5)))
struct RunnerProcessTests {
    private let directory: TemporaryDirectory
    private var log: String { directory.file("log") }

    init() throws { directory = try TemporaryDirectory() }

    @Test("Its exit code is told, and what it writes is appended to the log")
    func exitCode() async throws {
        try directory.write("log", "before\n")
        let start = LogTail.size(of: log)
        let process = try await RunnerProcess.spawn("/bin/sh", ["-c", "echo out; echo error >&2; exit 7"], log: log)
        #expect(await process.exit() == .code(7))
        #expect(LogTail.lines(of: log, from: start) == ["out", "error"])
        #expect(LogTail.lines(of: log, from: 0).first == "before")
        // Its pid may be another's by now, so these must reach nobody.
        process.terminate()
        process.kill()
    }

    @Test("It leads a process group of its own, which is killed as one")
    func group() async throws {
        let fifo = directory.file("fifo")
        mkfifo(fifo, 0o600)
        let process = try await RunnerProcess.spawn("/bin/sh", ["-c", "cat '\(fifo)' & wait"], log: log)
        #expect(getpgid(process.pid) == process.pid)
        // Opens when the grandchild reads, and fails with EPIPE when that is gone.
        let writer = open(fifo, O_WRONLY | O_CLOEXEC)
        process.kill()
        #expect(await process.exit() == .signal(SIGKILL))
        var request = pollfd(fd: writer, events: 0, revents: 0)
        #expect(poll(&request, 1, -1) == 1)
        #expect(request.revents & Int16(POLLERR) != 0)
        close(writer)
    }

    @Test("Signals that lynxctl blocks or ignores are as usual for it")
    func signals() async throws {
        let process = try await RunnerProcess.spawn("/bin/sh", ["-c", "kill -PIPE $$"], log: log)
        #expect(await process.exit() == .signal(SIGPIPE))
    }

    @Test("A file that cannot be executed is told")
    func notExecutable() async throws {
        await #expect(throws: CLIError("cannot run /nonexistent: No such file or directory", exitCode: 2)) {
            _ = try await RunnerProcess.spawn("/nonexistent", [], log: log)
        }
    }

    @Test("A command line to go on with can be pasted into a shell")
    func resumeCommand() async throws {
        let options = StudyOptions(work: .resume(batchID: "b-1"), runnerHost: "rh", runnerConfig: "my runner's.yaml", maxConcurrentJobs: 3)
        let command = options.resumeCommand(batchID: "b-1", state: "/tmp/$x")
        let process = try await RunnerProcess.spawn("/bin/sh", ["-c", "printf '%s\\n' \(command)"], log: log)
        #expect(await process.exit() == .code(0))
        #expect(
            LogTail.lines(of: log, from: 0) == [
                "lynxctl", "run", "--resume", "b-1", "--runner-config", "my runner's.yaml", "--state", "/tmp/$x", "--max-concurrent-jobs", "3",
            ])
    }
}
