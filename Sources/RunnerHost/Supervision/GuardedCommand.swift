import CGuardian
import CLinux
import EventLoop
import Glibc
import Support

/// A program of the runner's own under a guardian, so that nothing of it stays. The thread that starts it has to live as long as
/// this process.
struct GuardedCommand: ~Copyable {
    private var guardian = lynx_guardian()

    /// - Parameters:
    ///   - words: the absolute path of the program, and its arguments.
    ///   - variables: in addition to the environment of this process, without what configures the runner.
    ///   - output: a file to be created for standard output; standard error goes to one of that name with `.err`.
    /// - Throws: `SystemError` if it cannot be started.
    init(
        _ words: [String], variables: [String: String] = [:], workingDirectory: String = "/", output: String, captureBytes: UInt64 = 4 << 20
    ) throws(SystemError) {
        // The program is reaped here once its guardian is gone.
        _ = lynx_set_child_subreaper()
        let argv = words.map { strdup($0) } + [nil]
        defer { argv.forEach { free($0) } }
        let entries: [String] = Self.environment(variables)
        let environment = entries.map { strdup($0) } + [nil]
        defer { environment.forEach { free($0) } }
        let paths: [String] = [workingDirectory, output, "\(output).err"]
        let texts = paths.map { strdup($0)! }
        defer { texts.forEach { free($0) } }
        var step = LYNX_GUARDIAN_FORK
        var started = lynx_guardian()
        let failure = argv.withUnsafeBufferPointer { argv in
            environment.withUnsafeBufferPointer { environment in
                var request = lynx_guardian_request(
                    program: argv[0], argv: argv.baseAddress, envp: environment.baseAddress, working_directory: texts[0],
                    stdout_path: texts[1], stderr_path: texts[2], capture_bytes: captureBytes, no_realtime: 1, private_shm: 0, channel: 0)
                return lynx_guardian_spawn(&request, &started, &step)
            }
        }
        guard failure == 0 else { throw SystemError(call: words[0], code: failure) }
        guardian = started
    }

    /// Whether it and all that it started have ended in time.
    ///
    /// - Parameter milliseconds: -1 to wait for as long as it takes.
    borrowing func hasEnded(within milliseconds: Int32) -> Bool {
        var wait = pollfd(fd: guardian.pidfd, events: Int16(POLLIN), revents: 0)
        while true {
            let count = poll(&wait, 1, milliseconds)
            if count < 0, errno == EINTR { continue }
            return count > 0
        }
    }

    /// Ends it and all that it started.
    borrowing func kill() {
        var guardian = guardian
        lynx_guardian_kill(&guardian)
    }

    /// Waits for its end.
    ///
    /// - Returns: the exit code, or the signal that ended it.
    consuming func wait() -> (code: Int32?, signal: Int32) {
        _ = hasEnded(within: -1)
        var exit = lynx_guardian_exit()
        lynx_guardian_reap(&guardian, &exit)
        return (exit.exit_code >= 0 ? exit.exit_code : nil, exit.exit_signal)
    }

    private static func environment(_ variables: [String: String]) -> [String] {
        var entries: [String] = []
        var entry = environ
        while let pointer = entry.pointee {
            let text = String(cString: pointer)
            let name = String(text.prefix { $0 != "=" })
            if !["LYNX_", "TETRYX_", "PYTHON"].contains(where: name.hasPrefix), variables[name] == nil { entries.append(text) }
            entry += 1
        }
        return entries + variables.map { "\($0.key)=\($0.value)" }
    }
}
