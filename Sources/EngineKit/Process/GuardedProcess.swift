import CGuardian
import EngineABI
import Glibc
import Synchronization

/// A simulation under its guardian (`guardian.h`): its whole process tree ends when the program ends, when the host ends, and
/// on `kill`.
public final class GuardedProcess: Sendable {
    public struct Request: Sendable {
        /// Absolute path of the program.
        public var program: String
        /// The arguments without the program's own name.
        public var arguments: [String]
        public var environment: [String: String]
        public var workingDirectory: String
        /// A file that the guardian creates; it must not exist.
        public var stdoutPath: String
        public var stderrPath: String
        /// The limit in bytes for each of the two streams.
        public var captureBytes: UInt64
        /// Whether the program may give its threads real-time priority, if this user may.
        public var allowsRealtime: Bool
        /// Whether the program has a `/dev/shm` of its own, which is removed with it.
        public var hasPrivateSharedMemory: Bool
        /// What the program is started with.
        public var confinement = Confinement()

        public init(
            program: String, arguments: [String], environment: [String: String], workingDirectory: String, stdoutPath: String,
            stderrPath: String, captureBytes: UInt64, allowsRealtime: Bool = true, hasPrivateSharedMemory: Bool = false
        ) {
            self.program = program
            self.arguments = arguments
            self.environment = environment
            self.workingDirectory = workingDirectory
            self.stdoutPath = stdoutPath
            self.stderrPath = stderrPath
            self.captureBytes = captureBytes
            self.allowsRealtime = allowsRealtime
            self.hasPrivateSharedMemory = hasPrivateSharedMemory
        }
    }

    private enum State {
        case running(lynx_guardian)
        case reaped
    }

    private let state: Mutex<State>
    public let pid: Int32
    /// Readable when the whole process tree has ended; open as long as this object, as an engine's is until `release`.
    public let exitDescriptor: Int32

    /// Starts the program. The calling thread has to live as long as the host, as the guardian may be forked from it.
    public convenience init(_ request: Request) throws(EngineError) {
        let launched = request.confinement.applied(to: request)
        self.init(try Self.spawn(launched, Self.variables(of: launched)))
        try confine(request.confinement)
    }

    /// Starts the program without the spawner.
    convenience init(forking request: Request) throws(EngineError) {
        self.init(try Self.fork(request, Self.variables(of: request)))
    }

    /// Starts the program from a warm parent, which holds the program and all of its environment but `variables`.
    ///
    /// - Throws: an error with the code `WarmParent.fault` if the parent failed; then nothing has been started or created.
    convenience init(_ request: Request, variables: [String], socket: Int32) throws(EngineError) {
        self.init(try Self.spawn(request, program: nil, variables.map { Array($0.utf8) }) { lynx_guardian_spawn_warm($0, socket, $1, $2) })
        try confine(request.confinement)
    }

    /// A process that cannot be confined ends.
    private func confine(_ confinement: Confinement) throws(EngineError) {
        do throws(EngineError) {
            try confinement.take(pid)
        } catch {
            kill()
            throw error
        }
    }

    private init(_ guardian: lynx_guardian) {
        pid = guardian.program
        exitDescriptor = guardian.pidfd
        state = Mutex(.running(guardian))
    }

    private static func spawn(_ request: Request, _ variables: [[UInt8]]) throws(EngineError) -> lynx_guardian {
        if let spawner = Spawner.current() {
            do throws(EngineError) {
                return try spawn(request, program: request.program, variables) { lynx_guardian_spawn_warm($0, spawner.socket, $1, $2) }
            } catch where error.code == WarmParent.fault {
                // A request that is too long for a message is no failure of the spawner.
                if error.systemErrno != E2BIG { Spawner.replace(spawner) }
            }
        }
        return try fork(request, variables)
    }

    private static func fork(_ request: Request, _ variables: [[UInt8]]) throws(EngineError) -> lynx_guardian {
        try spawn(request, program: request.program, variables) { lynx_guardian_spawn($0, $1, $2) }
    }

    private static func variables(of request: Request) -> [[UInt8]] {
        ScenarioEnvironment.entries(request.environment)
    }

    private static func spawn(
        _ request: Request, program: String?, _ variables: [[UInt8]],
        by start: (UnsafePointer<lynx_guardian_request>, UnsafeMutablePointer<lynx_guardian>, UnsafeMutablePointer<lynx_guardian_step>) -> Int32
    ) throws(EngineError) -> lynx_guardian {
        let argv = CStringArray([request.program] + request.arguments)
        let environment = CStringArray(variables)
        let texts = CStringArray([request.workingDirectory, request.stdoutPath, request.stderrPath, request.program])
        var raw = lynx_guardian_request(
            program: program == nil ? nil : texts.pointers[3], argv: argv.pointers, envp: environment.pointers,
            working_directory: texts.pointers[0], stdout_path: texts.pointers[1], stderr_path: texts.pointers[2],
            capture_bytes: request.captureBytes, no_realtime: request.allowsRealtime ? 0 : 1,
            private_shm: request.hasPrivateSharedMemory ? 1 : 0, channel: 0)
        var guardian = lynx_guardian()
        var step = LYNX_GUARDIAN_FORK
        let failure = withExtendedLifetime((argv, environment, texts)) { start(&raw, &guardian, &step) }
        guard failure == 0 else { throw describe(failure, at: step, request) }
        return guardian
    }

    deinit {
        kill()
        if case .running = state.withLock({ $0 }) { _ = reap() }
        close(exitDescriptor)
    }

    /// Ends the whole tree with SIGKILL, at once and without waiting. Any thread; does nothing after `reap`.
    public func kill() {
        state.withLock { state in
            // The lock excludes `reap`, after which the pid may belong to another process.
            if case .running(var guardian) = state { lynx_guardian_kill(&guardian) }
        }
    }

    /// Sends a signal to the program's process group, so that it can shut down by itself. Any thread; does nothing after
    /// `reap`.
    public func signal(_ number: Int32) {
        state.withLock { state in
            if case .running(var guardian) = state { lynx_guardian_signal(&guardian, number) }
        }
    }

    /// Collects the program's exit. To be called when `exitDescriptor` is readable; a second call returns nil.
    public func reap() -> End? {
        state.withLock { state in
            guard case .running(var guardian) = state else { return nil }
            var end = lynx_guardian_exit()
            // Closed with this object, and not here.
            guardian.pidfd = -1
            lynx_guardian_reap(&guardian, &end)
            state = .reaped
            return End(
                exitCode: end.exit_code >= 0 ? end.exit_code : nil, exitSignal: end.exit_signal > 0 ? end.exit_signal : nil,
                maxRSSBytes: end.max_rss_bytes, guardianLost: end.guardian_lost != 0, leftovers: Leftovers(&end))
        }
    }

    /// Whether the program ended by itself with exit code 0. Valid after `exitDescriptor` is readable and before `reap`.
    public var hasSucceeded: Bool { exit.map { $0.code == 0 } ?? false }

    /// How the program ended: its exit code, or -1 and the signal. Valid after `exitDescriptor` is readable and before `reap`;
    /// nil if it is not known.
    package var exit: (code: Int32, signal: Int32)? {
        state.withLock { state in
            guard case .running(var guardian) = state else { return nil }
            var (code, signal): (Int32, Int32) = (-1, 0)
            return lynx_guardian_peek(&guardian, &code, &signal) != 0 ? (code, signal) : nil
        }
    }

    private static func describe(_ failure: Int32, at step: lynx_guardian_step, _ request: Request) -> EngineError {
        let reason = String(cString: strerror(failure))
        return switch step {
        case LYNX_GUARDIAN_OPEN_LOG:
            EngineError(lynx_status(LYNX_E_RESOURCES), "cannot write \(request.stdoutPath): \(reason)", errno: failure)
        case LYNX_GUARDIAN_CHDIR:
            EngineError(
                lynx_status(LYNX_E_LAUNCH), "working_directory: cannot enter \(request.workingDirectory): \(reason)", errno: failure)
        case LYNX_GUARDIAN_EXEC where failure != ENOMEM && failure != EAGAIN && failure != ENFILE:
            EngineError(lynx_status(LYNX_E_LAUNCH), "cannot execute \(request.program): \(reason)", errno: failure)
        case LYNX_GUARDIAN_PRIVATE_SHM:
            EngineError(lynx_status(LYNX_E_RESOURCES), "cannot make a private /dev/shm: \(reason)", errno: failure)
        case LYNX_GUARDIAN_PARENT:
            EngineError(WarmParent.fault, "the warm parent failed: \(reason)", errno: failure)
        default:
            EngineError(lynx_status(LYNX_E_RESOURCES), "cannot start a process: \(reason)", errno: failure)
        }
    }
}

/// A NULL-terminated array of C strings for execve(2).
final class CStringArray {
    let pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private let count: Int

    convenience init(_ strings: [String]) { self.init(strings.map { Array($0.utf8) }) }

    /// - Parameter strings: texts without NULs.
    init(_ strings: [[UInt8]]) {
        count = strings.count
        pointers = .allocate(capacity: count + 1)
        for (index, string) in strings.enumerated() {
            pointers[index] = (string + [0]).withUnsafeBytes { strdup($0.baseAddress!.assumingMemoryBound(to: CChar.self)) }
        }
        pointers[count] = nil
    }

    deinit {
        for index in 0..<count { free(pointers[index]) }
        pointers.deallocate()
    }
}
