import CGuardian
import EngineABI
import Glibc
import Support
import Synchronization

/// A process that has done a program's start-up, and becomes that program once per job (`warm.h`).
public final class WarmParent: Sendable {
    public struct Request: Sendable {
        /// Absolute path of the program.
        public var program: String
        /// The arguments without the program's own name.
        public var arguments: [String]
        /// The environment without the variables of a single job.
        public var environment: [String: String]
        public var workingDirectory: String
        /// The text that the program reads from descriptor 4.
        public var script: [UInt8]

        public init(program: String, arguments: [String], environment: [String: String], workingDirectory: String, script: [UInt8]) {
            self.program = program
            self.arguments = arguments
            self.environment = environment
            self.workingDirectory = workingDirectory
            self.script = script
        }
    }

    public enum Message: Sendable, Equatable {
        case none
        case text(String)
        case gone
    }

    public enum Start: Sendable {
        case started(GuardedProcess)
        /// Files that it has read have changed since, and it has ended.
        case outdated
        case failed(String)
    }

    /// A status that no engine returns: the job is started again without the parent.
    static let fault = lynx_status(LYNX_E_INTERNAL) - 1000
    /// A placeholder for a job's output directory, longer than any path, in whose place `/proc` shows the real one.
    private static let outputPlaceholder = String(repeating: "-", count: Int(PATH_MAX) + 64)

    private let parent: lynx_warm_parent
    private let isStopped = Mutex(false)

    public var pid: Int32 { parent.pid }
    /// Readable when a message has arrived or the process has ended.
    public var socket: Int32 { parent.socket }

    /// Starts the process without waiting until it is ready. The calling thread has to live as long as this process, as the
    /// parent ends with that thread.
    public convenience init(_ request: Request) throws(EngineError) {
        try self.init(request, onOwnThread: false)
    }

    /// - Parameter onOwnThread: whether to start the process from a new thread of its own, so that this may be called on any
    ///   thread.
    init(_ request: Request, onOwnThread: Bool) throws(EngineError) {
        let argv = CStringArray([request.program] + request.arguments)
        let variables = request.environment.merging([LYNX_WARM_PLACE: Self.outputPlaceholder]) { $1 }
        let environment = CStringArray(ScenarioEnvironment.entries(variables))
        let texts = CStringArray([request.program, request.workingDirectory])
        var parent = lynx_warm_parent()
        let failure = request.script.withUnsafeBytes { script in
            var raw = lynx_warm_request(
                program: texts.pointers[0], argv: argv.pointers, envp: environment.pointers, working_directory: texts.pointers[1],
                script: script.baseAddress, script_size: script.count)
            return withExtendedLifetime((argv, environment, texts)) {
                onOwnThread ? lynx_warm_start_on_own_thread(&raw, &parent) : lynx_warm_start(&raw, &parent)
            }
        }
        guard failure == 0 else {
            throw EngineError(Self.fault, "cannot start \(request.program): \(String(cString: strerror(failure)))", errno: failure)
        }
        self.parent = parent
    }

    deinit {
        stop()
        close(parent.socket)
    }

    /// Waits for a message or for the end of the process; false if neither comes in time. Any thread.
    public func waitForMessage(milliseconds: Int32) -> Bool {
        var wait = pollfd(fd: parent.socket, events: Int16(POLLIN), revents: 0)
        return poll(&wait, 1, milliseconds) != 0
    }

    /// The reason in a message `refused WHY`.
    public static func reason(_ text: String) -> String { text.hasPrefix("refused ") ? String(text.dropFirst(8)) : text }

    /// The message that has arrived, without waiting.
    ///
    /// - Parameter keeping: whether the next call returns the message again.
    public func receive(keeping: Bool = false) -> Message {
        var parent = parent
        var text = [CChar](repeating: 0, count: 4097)
        let count = lynx_warm_hear(&parent, &text, text.count - 1, keeping ? 1 : 0)
        if count < 0 { return .none }
        return count == 0 ? .gone : .text(String(decoding: text[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }

    /// Starts the process of a job. To be called when the parent has reported that it is ready; on one thread at a time.
    ///
    /// - Parameters:
    ///   - request: the request for a process without a parent, including the environment that the parent has.
    ///   - names: the names of the variables that belong to the job alone.
    /// - Throws: errors of the job itself, which would occur without a parent as well.
    public func start(_ request: GuardedProcess.Request, variables names: [String]) throws(EngineError) -> Start {
        let variables = names.compactMap { name in request.environment[name].map { "\(name)=\($0)" } }
        do throws(EngineError) {
            return .started(try GuardedProcess(request, variables: variables, socket: parent.socket))
        } catch where error.code == Self.fault {
            return error.systemErrno == ESTALE ? .outdated : .failed(error.message)
        }
    }

    /// Resident memory in bytes; 0 once the process has ended.
    public var residentBytes: Int {
        let fields = procFile("statm").split(separator: " ")
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE))) : 0
    }

    /// Processor time used so far in the kernel's clock ticks; 0 once the process has ended.
    public var processorTicks: Int {
        // utime and stime of proc_pid_stat(5), counted after the name, which may contain spaces and brackets.
        let fields = procFile("stat").split(separator: ")").last?.split(separator: " ") ?? []
        return fields.count > 12 ? (Int(fields[11]) ?? 0) + (Int(fields[12]) ?? 0) : 0
    }

    private func procFile(_ name: String) -> String {
        WholeFile.read("/proc/\(parent.pid)/\(name)").map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// Ends the process. Processes that it started continue to run.
    public func stop() {
        isStopped.withLock { isStopped in
            guard !isStopped else { return }
            isStopped = true
            var parent = parent
            lynx_warm_stop(&parent)
        }
    }
}

/// The process that forks guardians in place of the host (`spawner.h`), for all of an engine's jobs. If its program is not
/// beside the engine, or if it fails, the host forks them itself, which takes longer and is otherwise the same.
enum Spawner {
    private enum State {
        case notStarted
        case running(WarmParent)
        case missing
    }

    private static let state = Mutex(State.notStarted)

    /// The spawner, started at the first call; nil if there is none.
    static func current() -> WarmParent? {
        state.withLock { state in
            if case .notStarted = state { state = start().map { .running($0) } ?? .missing }
            guard case .running(let parent) = state else { return nil }
            return parent
        }
    }

    /// Makes the next call of `current` start another spawner.
    static func replace(_ failed: WarmParent) {
        state.withLock { state in
            if case .running(let parent) = state, parent === failed { state = .notStarted }
        }
    }

    private static func start() -> WarmParent? {
        guard let program = EngineFolder.file("lynx-spawner") else { return nil }
        let request = WarmParent.Request(program: program, arguments: [], environment: [:], workingDirectory: "/", script: [])
        return try? WarmParent(request, onOwnThread: true)
    }
}
