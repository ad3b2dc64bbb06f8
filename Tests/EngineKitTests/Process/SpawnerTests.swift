import CGuardian
import CLinux
import Foundation
import Testing
import TestSupport

@testable import EngineKit

/// One at a time, as there is one spawner; processes that other tests start meanwhile are forked by this process.
@Suite("The spawner", .serialized)
struct SpawnerTests {
    private let directory: TemporaryDirectory

    init() throws {
        _ = lynx_set_child_subreaper()
        directory = try TemporaryDirectory()
    }

    private func run(_ arguments: [String], environment: [String: String] = [:], log: String = "stdout.log") throws -> GuardedProcess.End {
        let process = try GuardedProcess(
            GuardedProcess.Request(
                program: "/bin/sh", arguments: arguments, environment: environment, workingDirectory: directory.path,
                stdoutPath: directory.file(log), stderrPath: directory.file(log + ".err"), captureBytes: 1 << 20))
        #expect(becomesReadable(process.exitDescriptor))
        return try #require(process.reap())
    }

    private func isSoon(_ condition: () -> Bool) -> Bool {
        for _ in 0..<3000 {
            if condition() { return true }
            usleep(10_000)
        }
        return false
    }

    private func name(_ pid: Int32) -> String? { try? String(contentsOfFile: "/proc/\(pid)/comm", encoding: .utf8) }

    @Test("It is a program of its own beside the engine, without a library but its own") func isSmall() throws {
        let spawner = try #require(Spawner.current())
        // Between fork and exec it still has the name of who forked it.
        #expect(isSoon { name(spawner.pid) == "lynx-spawner\n" })
        let maps = try String(contentsOfFile: "/proc/\(spawner.pid)/maps", encoding: .utf8)
        #expect(!maps.contains(".so"))
    }

    @Test("Arguments and environment arrive as they are, empty ones too") func passesTexts() throws {
        let script = #"printf '[%s]' "$0" "$@" "$GREETING" "$EMPTY"; env | grep -c ."#
        let end = try run(["-c", script, "zero", "", "a b", "ä\n", ""], environment: ["GREETING": "good day", "EMPTY": ""])
        #expect(end.exitCode == 0)
        #expect(try directory.read("stdout.log").hasPrefix("[zero][][a b][ä\n][][good day][]"))
    }

    @Test("What is too much for a message is started without it") func largeEnvironment() throws {
        let before = try #require(Spawner.current())
        let end = try run(["-c", "printf %s \"${#LARGE}\""], environment: ["LARGE": String(repeating: "x", count: 100_000)])
        #expect(end.exitCode == 0)
        #expect(try directory.read("stdout.log") == "100000")
        #expect(Spawner.current() === before)
    }

    @Test("When it is killed, the next process starts all the same, and the one after from another spawner") func replaced() throws {
        let first = try #require(Spawner.current())
        kill(first.pid, SIGKILL)
        #expect(try run(["-c", "exit 3"], log: "1").exitCode == 3)
        #expect(try run(["-c", "exit 4"], log: "2").exitCode == 4)
        let second = try #require(Spawner.current())
        #expect(second !== first && isSoon { name(second.pid) == "lynx-spawner\n" })
    }

    @Test("A start that it comes to after it was given up runs nothing, and leaves no process") func late() throws {
        let program = try #require(EngineFolder.file("lynx-spawner"))
        let spawner = try WarmParent(
            .init(program: program, arguments: [], environment: [:], workingDirectory: "/", script: []), onOwnThread: true)
        #expect(isSoon { name(spawner.pid) == "lynx-spawner\n" })
        kill(spawner.pid, SIGSTOP)
        let request = GuardedProcess.Request(
            program: "/bin/sh", arguments: ["-c", "touch ran"], environment: [:], workingDirectory: directory.path,
            stdoutPath: directory.file("stdout.log"), stderrPath: directory.file("stderr.log"), captureBytes: 1 << 20)
        guard case .failed = try spawner.start(request, variables: []) else { throw Started() }
        #expect(lynx_late_reap() == 1)
        kill(spawner.pid, SIGCONT)
        #expect(isSoon { lynx_late_reap() == 0 })
        #expect(!FileManager.default.fileExists(atPath: directory.file("ran")))
    }

    private struct Started: Error {}
}
