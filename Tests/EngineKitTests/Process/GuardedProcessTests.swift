import CLinux
import Foundation
import Testing
import TestSupport

@testable import EngineKit

/// What each test does with a guarded shell script.
private struct Guarded {
    let directory: TemporaryDirectory
    let news: NamedPipe
    /// Whether the guardian is this process's own fork, and not the spawner's.
    let isForked: Bool

    init(forked: Bool = false) throws {
        isForked = forked
        // As the host is: the program's zombie comes back to it.
        _ = lynx_set_child_subreaper()
        directory = try TemporaryDirectory()
        news = try NamedPipe(directory.path + "/news")
    }

    func request(_ program: String, _ arguments: [String], capture: UInt64 = 1 << 20) -> GuardedProcess.Request {
        GuardedProcess.Request(
            program: program, arguments: arguments, environment: ["PATH": "/usr/bin:/bin", "NEWS": news.path],
            workingDirectory: directory.path, stdoutPath: directory.path + "/stdout.log", stderrPath: directory.path + "/stderr.log",
            captureBytes: capture)
    }

    func start(_ script: String, capture: UInt64 = 1 << 20) throws -> GuardedProcess {
        try start(request("/bin/bash", ["-c", script], capture: capture))
    }

    func start(_ request: GuardedProcess.Request) throws -> GuardedProcess {
        isForked ? try GuardedProcess(forking: request) : try GuardedProcess(request)
    }

    func end(_ process: GuardedProcess) throws -> GuardedProcess.End {
        #expect(becomesReadable(process.exitDescriptor))
        return try #require(process.reap())
    }

    func pid() throws -> Int32 { try #require(news.line().flatMap { Int32($0) }) }
}

@Suite("A guarded process")
struct GuardedProcessTests {
    @Test("Exit codes come through", arguments: [0, 1, 42, 255] as [Int32], [false, true])
    func exitCode(code: Int32, forked: Bool) throws {
        let guarded = try Guarded(forked: forked)
        let end = try guarded.end(try guarded.start("exit \(code)"))
        #expect(end.exitCode == code)
        #expect(end.exitSignal == nil)
        #expect(!end.guardianLost)
        #expect(end.maxRSSBytes > 0)
    }

    @Test("A signal to the group lets it end in its own way")
    func softStop() throws {
        let guarded = try Guarded()
        let process = try guarded.start("trap 'exit 7' TERM; echo $$ > $NEWS; while :; do sleep 0.01; done")
        _ = try guarded.pid()
        process.signal(SIGTERM)
        #expect(try guarded.end(process).exitCode == 7)
        process.signal(SIGTERM)
    }

    @Test("Without leave to do so nothing of it runs at real-time priority, not even as root", arguments: [false, true])
    func realtime(forked: Bool) throws {
        let guarded = try Guarded(forked: forked)
        var request = guarded.request("/bin/bash", ["-c", "ulimit -r; grep CapBnd /proc/self/status; chrt -f 1 true; echo $?"])
        request.allowsRealtime = false
        _ = try guarded.end(try guarded.start(request))
        let lines = try guarded.directory.read("stdout.log").split(separator: "\n").map(String.init)
        #expect(lines.first == "0" && lines.last != "0")
        let bounding = try #require(lines[1].split(separator: "\t").last.flatMap { UInt64($0, radix: 16) })
        // CAP_SYS_NICE, which only root can take out of the set.
        if geteuid() == 0 { #expect(bounding >> 23 & 1 == 0) }
    }

    @Test("The signal that ended it comes through")
    func exitSignal() throws {
        let guarded = try Guarded()
        let end = try guarded.end(try guarded.start("kill -SEGV $$"))
        #expect(end.exitCode == nil)
        #expect(end.exitSignal == SIGSEGV)
    }

    @Test("A kill ends children, and theirs in sessions of their own that ignore SIGTERM", arguments: [false, true])
    func killsTheTree(forked: Bool) throws {
        let guarded = try Guarded(forked: forked)
        let process = try guarded.start(
            """
            trap '' TERM
            setsid bash -c 'trap "" TERM; setsid bash -c "trap \\"\\" TERM; echo \\$\\$ > $NEWS; exec sleep 1000" & echo $$ > $NEWS; wait' &
            echo $$ > $NEWS
            wait
            """)
        let pids = try [guarded.pid(), guarded.pid(), guarded.pid()]
        #expect(Set(pids).count == 3 && pids.contains(process.pid) && pids.allSatisfy(isRunning))
        process.kill()
        let end = try guarded.end(process)
        #expect(end.exitSignal == SIGKILL)
        #expect(pids.filter(isRunning).isEmpty)
    }

    @Test("What a program leaves behind ends with it, and its exit code stands")
    func endsLeftovers() throws {
        let guarded = try Guarded()
        let go = try NamedPipe(guarded.directory.path + "/go")
        let process = try guarded.start("setsid -f bash -c 'echo $$ > $NEWS; exec sleep 1000'; read line < go; exit 7")
        let leftover = try guarded.pid()
        try "go\n".write(toFile: go.path, atomically: false, encoding: .utf8)
        let end = try guarded.end(process)
        #expect(!isRunning(leftover))
        #expect(end.exitCode == 7)
        #expect(end.leftovers.killed == 1 && end.leftovers.commands == ["\(leftover) sleep 1000"])
        #expect(
            end.leftovers.warnings == [
                "1 process outlived the simulation's main process by 2 s and was killed: sleep 1000 (pid \(leftover)); what it had not written by then is missing"
            ])
    }

    @Test("Helpers that end by themselves once their program is gone get to tidy up", arguments: [false, true], ["", "setsid "])
    func helpersTidyUp(forked: Bool, session: String) throws {
        let guarded = try Guarded(forked: forked)
        // The helper begins when the program's end of the pipe closes, and then works for longer than a kill takes.
        let process = try guarded.start(
            "exec 9> >(exec \(session)bash -c 'cat; for i in {1..100}; do /bin/true; done; echo done > tidied'); exit 3")
        let end = try guarded.end(process)
        #expect(end.exitCode == 3)
        #expect(try guarded.directory.read("tidied") == "done\n")
        #expect(end.leftovers == Leftovers())
    }

    @Test("What a kill ends is not reported as left behind")
    func killedIsNotLeft() throws {
        let guarded = try Guarded()
        let process = try guarded.start("setsid -f bash -c 'echo $$ > $NEWS; exec sleep 1000'; sleep 1000")
        _ = try guarded.pid()
        process.kill()
        #expect(try guarded.end(process).leftovers == Leftovers())
    }

    @Test("A program that leaves its guardian no descriptors does not save what it leaves", arguments: [false, true])
    func withoutDescriptors(forked: Bool) throws {
        let guarded = try Guarded(forked: forked)
        let process = try guarded.start(
            "prlimit --pid $PPID --nofile=5:5; setsid -f bash -c 'echo $$ > $NEWS; exec sleep 1000'; read line < $NEWS; echo $line > $NEWS")
        let end = try guarded.end(process)
        let leftover = try guarded.pid()
        #expect(end.exitCode == 0 && end.leftovers.killed == 1 && !isRunning(leftover))
    }

    @Test("Processes that keep forking into new sessions are ended all the same")
    func endsForkers() throws {
        let guarded = try Guarded()
        let process = try guarded.start(
            "f() { echo $BASHPID > $NEWS; setsid -f bash -c \"$(declare -f f); f\"; sleep 1000; }; f & wait")
        for _ in 0..<8 { _ = try guarded.pid() }
        process.kill()
        _ = try guarded.end(process)
        var last: Int32 = 0
        while let line = guarded.news.line(within: 0) { last = Int32(line) ?? 0 }
        #expect(last == 0 || !isRunning(last))
    }

    @Test("It starts with three descriptors, no blocked or ignored signals and a session of its own", arguments: [false, true])
    func startsFresh(forked: Bool) throws {
        signal(SIGPIPE, SIG_IGN)
        let guarded = try Guarded(forked: forked)
        let process = try guarded.start(
            "ls /proc/self/fd | wc -l; grep -E '^Sig(Blk|Ign)' /proc/self/status; ps -o sid=,pgid= -p $$; echo $$; readlink /proc/$$/fd/0")
        let pid = process.pid
        _ = try guarded.end(process)
        let lines = try guarded.directory.read("stdout.log").split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        // ls itself has one more open: the directory.
        #expect(lines[0] == "4")
        for line in lines[1...2] {
            let mask = try #require(UInt64(line.suffix(16), radix: 16))
            // From signal 32 on they are the C library's own, which it does not let be changed.
            #expect(mask & 0x7FFF_FFFF == 0, "\(line)")
        }
        #expect(lines[3].split(separator: " ") == ["\(pid)", "\(pid)"])
        #expect(lines[5] == "/dev/null")
    }

    @Test("Streams are kept up to the cap, with their end, and never hold the program up")
    func capsStreams() throws {
        let guarded = try Guarded()
        let process = try guarded.start("seq 1 1000000; echo the end; echo problem >&2", capture: 1000)
        #expect(try guarded.end(process).exitCode == 0)
        let log = try guarded.directory.read("stdout.log")
        #expect(log.hasPrefix("1\n2\n3\n"))
        #expect(log.hasSuffix("1000000\nthe end\n"))
        #expect(log.contains("bytes left out ...]"))
        #expect(log.utf8.count < 1000 + 8192 + 100)
        #expect(try guarded.directory.read("stderr.log") == "problem\n")
    }

    @Test("Streams within the cap are kept whole, to the byte", arguments: [false, true])
    func keepsStreams(forked: Bool) throws {
        let guarded = try Guarded(forked: forked)
        #expect(try guarded.end(try guarded.start("seq 1 20000")).exitCode == 0)
        #expect(try guarded.directory.read("stdout.log") == (1...20000).map { "\($0)\n" }.joined())
    }

    @Test("A program that is not there, cannot be executed, or a directory that cannot be entered is a launch error that names it", arguments: [false, true])
    func launchErrors(forked: Bool) throws {
        let guarded = try Guarded(forked: forked)
        func failure(_ request: GuardedProcess.Request) throws -> EngineError {
            try #require(throws: EngineError.self) { _ = try guarded.start(request) }
        }
        let missing = try failure(guarded.request("/no/such/program", []))
        #expect(missing.code == -2 && missing.message == "cannot execute /no/such/program: No such file or directory")

        let second = try Guarded(forked: forked)
        let garbage = try second.directory.write("garbage", "\u{7F}not a program", mode: 0o755)
        #expect(try failure(second.request(garbage, [])).message == "cannot execute \(garbage): Exec format error")

        let third = try Guarded(forked: forked)
        var elsewhere = third.request("/bin/true", [])
        elsewhere.workingDirectory = "/no/such/directory"
        #expect(try failure(elsewhere).message == "working_directory: cannot enter /no/such/directory: No such file or directory")
    }

    @Test("A program that stops its guardian holds up neither its own start nor its kill", arguments: [false, true])
    func guardianStopped(forked: Bool) throws {
        let guarded = try Guarded(forked: forked)
        let process = try guarded.start("kill -STOP $PPID; echo $$ > $NEWS; exec sleep 1000")
        #expect(try guarded.pid() == process.pid)
        process.kill()
        let end = try guarded.end(process)
        #expect(end.exitSignal == SIGKILL && !end.guardianLost)
        #expect(!isRunning(process.pid))
    }

    @Test("A kill that comes after the end does nothing, not even to a host that does not ignore SIGPIPE")
    func killedAfterTheEnd() throws {
        let guarded = try Guarded()
        let process = try guarded.start("exit 4")
        #expect(becomesReadable(process.exitDescriptor))
        process.kill()
        #expect(try guarded.end(process).exitCode == 4)
        process.kill()
    }

    @Test("Of a guardian killed from outside no zombies stay, though the program had children and grandchildren", arguments: [false, true])
    func guardianKilledLeavesNoZombies(forked: Bool) throws {
        _ = lynx_set_child_subreaper()
        let guarded = try Guarded(forked: forked)
        let process = try guarded.start("(sleep 1000 & sleep 1000) & sleep 1000 & sleep 1000 & echo $PPID > $NEWS; wait")
        let guardian = try guarded.pid()
        #expect(kill(guardian, SIGKILL) == 0)
        #expect(try guarded.end(process).guardianLost)
        // A zombie is a member of its group until it is reaped.
        #expect(kill(-process.pid, 0) == -1 && errno == ESRCH)
    }

    @Test("A guardian killed from outside takes the program with it, and says so", arguments: [false, true])
    func guardianKilled(forked: Bool) throws {
        let guarded = try Guarded(forked: forked)
        let process = try guarded.start("echo $PPID > $NEWS; exec sleep 1000")
        let guardian = try guarded.pid()
        #expect(kill(guardian, SIGKILL) == 0)
        let end = try guarded.end(process)
        #expect(end.guardianLost)
        #expect(end.exitSignal == SIGKILL)
        #expect(!isRunning(process.pid))
    }
}
