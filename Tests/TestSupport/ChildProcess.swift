import CLinux
import Foundation
import Glibc
import Synchronization

/// A child process of the tests. Not Foundation's `Process`: to close descriptors it lists /proc/self/fd, copies each entry at its
/// full 256 bytes, and so reads past the end of the C library's buffer, where there may be nothing, once some 1,350 are open.
package final class ChildProcess: Sendable {
    /// What it starts with. Descriptors other than these three are closed in it.
    package struct Plan: Sendable {
        package var executable: String
        package var arguments: [String]
        package var environment: [String: String]
        package var directory: String?
        /// Borrowed until it has been started; nil is /dev/null.
        package var standardInput: Int32?
        package var standardOutput: Int32?
        package var standardError: Int32?
    }

    package struct Status: Sendable {
        /// Nil where a signal ended it. Both are nil where this process was asked for its end elsewhere.
        package var exitCode: Int32?
        package var signal: Int32?
    }

    package let pid: Int32
    private let state = Mutex(State())

    private struct State {
        var status: Status?
        var waiting: [@Sendable () -> Void] = []
    }

    /// Starts it in a process group of its own, with no signal blocked.
    package init(_ plan: Plan) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (target, source) in [(STDIN_FILENO, plan.standardInput), (STDOUT_FILENO, plan.standardOutput), (STDERR_FILENO, plan.standardError)] {
            if let source {
                posix_spawn_file_actions_adddup2(&actions, source, target)
            } else {
                posix_spawn_file_actions_addopen(&actions, target, "/dev/null", target == STDIN_FILENO ? O_RDONLY : O_WRONLY, 0)
            }
        }
        lynx_spawn_close_from(&actions, STDERR_FILENO + 1)
        if let directory = plan.directory { lynx_spawn_in(&actions, directory) }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK))
        // The threads that tests run on block signals; a shell's children begin with none blocked.
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)

        var arguments: [UnsafeMutablePointer<CChar>?] = ([plan.executable] + plan.arguments).map { strdup($0) } + [nil]
        var environment: [UnsafeMutablePointer<CChar>?] = plan.environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { for text in arguments + environment { free(text) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, plan.executable, &actions, &attributes, &arguments, &environment)
        guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EINVAL) }
        self.pid = pid
        Thread.detachNewThread { [self] in end(with: Self.wait(for: self.pid)) }
    }

    package var isRunning: Bool { state.withLock { $0.status == nil } }

    /// Not to one that has ended: its number may be another's by now.
    package func send(_ signal: Int32) {
        state.withLock { if $0.status == nil { kill(pid, signal) } }
    }

    package func ended() async -> Status {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if state.status == nil { state.waiting.append { continuation.resume() } }
                return state.status != nil
            }
            if isOver { continuation.resume() }
        }
        return state.withLock { $0.status! }
    }

    private func end(with status: Status) {
        let waiting = state.withLock { state in
            state.status = status
            defer { state.waiting = [] }
            return state.waiting
        }
        for resume in waiting { resume() }
    }

    private static func wait(for pid: pid_t) -> Status {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 {
            if errno != EINTR { return Status() }
        }
        let signal = status & 0x7F
        return signal == 0 ? Status(exitCode: (status >> 8) & 0xFF) : Status(signal: signal)
    }
}
