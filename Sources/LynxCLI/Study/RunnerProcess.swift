// For the types of signal.h: which of Glibc and CDispatch Swift takes for their owner depends on the order of loading.

import Dispatch
import FoundationEssentials
package import Glibc
import NIOPosix
import Synchronization

/// A `runner-host` of our own, in a process group of its own, so that a terminal's Ctrl-C does not reach it.
package final class RunnerProcess: Sendable {
    private enum State {
        case running
        /// Reaped: the pid may be somebody else's by now.
        case reaped
    }

    package let pid: pid_t
    private let state = Mutex(State.running)
    /// The thread that spawned the child outlives it: a child that asks for a signal at its parent's death
    /// (`PR_SET_PDEATHSIG`) gets it when the spawning *thread* ends.
    private let thread: NIOThreadPool

    private init(pid: pid_t, thread: NIOThreadPool) {
        self.pid = pid
        self.thread = thread
    }

    /// - Parameter log: takes standard output and standard error; it is appended to.
    /// - Throws: `CLIError` when the file cannot be executed or the log cannot be written.
    package static func spawn(_ executable: String, _ arguments: [String], log: String) async throws -> RunnerProcess {
        let thread = NIOThreadPool(numberOfThreads: 1)
        thread.start()
        do {
            let pid = try await thread.runIfActive { try posixSpawn(executable, arguments, log: log) }
            return RunnerProcess(pid: pid, thread: thread)
        } catch {
            try? await thread.shutdownGracefully()
            throw error
        }
    }

    /// Waits for the end of the process and reaps it. Called once.
    package func exit() async -> ProcessExit {
        // Throws only when the pool is not active, and it is until the end of this function.
        let exit = try? await thread.runIfActive { [self] in reap() }
        try? await thread.shutdownGracefully()
        return exit ?? .signal(SIGKILL)
    }

    private func reap() -> ProcessExit {
        var information = siginfo_t()
        // The zombie is kept until the lock is held, so that `send` never meets a recycled pid.
        while waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT) != 0 && errno == EINTR {}
        return state.withLock { state in
            var status: Int32 = 0
            while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
            state = .reaped
            let signal = status & 0x7F
            return signal == 0 ? ProcessExit.code((status >> 8) & 0xFF) : .signal(signal)
        }
    }

    package func terminate() { send(SIGTERM, to: pid) }

    /// Its whole process group.
    package func kill() { send(SIGKILL, to: -pid) }

    private func send(_ signal: Int32, to target: pid_t) {
        state.withLock { state in
            if case .running = state { _ = Glibc.kill(target, signal) }
        }
    }

    private static func posixSpawn(_ executable: String, _ arguments: [String], log: String) throws -> pid_t {
        let logDescriptor = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard logDescriptor >= 0 else { throw CLIError.badInput("cannot write \(log): \(SystemMessage.text(errno))") }
        defer { close(logDescriptor) }

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, logDescriptor, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, logDescriptor, STDERR_FILENO)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        posix_spawnattr_setpgroup(&attributes, 0)
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        for signal in [SIGPIPE, SIGINT, SIGTERM, SIGHUP] { sigaddset(&signals, signal) }
        posix_spawnattr_setsigdefault(&attributes, &signals)

        let argv = ([executable] + arguments).map { strdup($0) } + [nil]
        defer { argv.forEach { free($0) } }
        var pid: pid_t = 0
        let code = Glibc.posix_spawn(&pid, executable, &actions, &attributes, argv, environ)
        guard code == 0 else { throw CLIError.badInput("cannot run \(executable): \(SystemMessage.text(code))") }
        return pid
    }
}

/// Where `runner-host` is: as it was named, or beside the executable of this process.
package enum RunnerHostLocation {
    package static func find(named path: String?) throws -> String {
        if let path {
            guard access(path, X_OK) == 0 else {
                throw CLIError.badInput("--runner-host \(path) cannot be run: \(SystemMessage.text(errno))")
            }
            return path
        }
        let here = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let beside = here.prefix(through: here.utf8.lastIndex(of: UInt8(ascii: "/")) ?? here.startIndex) + "runner-host"
        guard access(String(beside), X_OK) == 0 else {
            throw CLIError.badInput("there is no runner-host at \(beside): build it, or give --runner-host PATH")
        }
        return String(beside)
    }
}
