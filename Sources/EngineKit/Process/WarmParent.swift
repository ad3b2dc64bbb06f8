import CGuardian
import EngineABI
import Glibc
import Synchronization

/// A process that has read what a program begins with, and becomes that program once per job (`warm.h`).
public final class WarmParent: Sendable {
    public struct Request: Sendable {
        /// Absolute path of the program.
        public var program: String
        /// Without the program's own name.
        public var arguments: [String]
        /// Without what is a job's own.
        public var environment: [String: String]
        public var workingDirectory: String
        /// What the program reads at descriptor 4.
        public var script: [UInt8]

        public init(program: String, arguments: [String], environment: [String: String], workingDirectory: String, script: [UInt8]) {
            self.program = program
            self.arguments = arguments
            self.environment = environment
            self.workingDirectory = workingDirectory
            self.script = script
        }
    }

    public enum Word: Sendable, Equatable {
        case none
        case said(String)
        case gone
    }

    public enum Start: Sendable {
        case started(GuardedProcess)
        /// It has read files that are others now, and has ended.
        case outdated
        case failed(String)
    }

    /// A status that no engine gives: for what is tried again without the parent.
    static let fault = lynx_status(LYNX_E_INTERNAL) - 1000
    /// A job's output directory, longer than any path, in whose place `/proc` shows the real one.
    private static let place = String(repeating: "-", count: Int(PATH_MAX) + 64)

    private let parent: lynx_warm_parent
    private let isStopped = Mutex(false)

    public var pid: Int32 { parent.pid }
    /// Readable when it has said something, or is gone.
    public var socket: Int32 { parent.socket }

    /// Starts it without waiting until it is ready. On a thread that lives as long as the process: it dies with that.
    public convenience init(_ request: Request) throws(EngineError) {
        try self.init(request, onOwnThread: false)
    }

    /// - Parameter onOwnThread: started from a thread that is made for it, so that it may be called on any.
    init(_ request: Request, onOwnThread: Bool) throws(EngineError) {
        let argv = CStringArray([request.program] + request.arguments)
        let variables = request.environment.merging([LYNX_WARM_PLACE: Self.place]) { $1 }
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

    /// Waits until it says something or is gone; false if it does neither in time. Any thread.
    public func waitForWord(milliseconds: Int32) -> Bool {
        var wait = pollfd(fd: parent.socket, events: Int16(POLLIN), revents: 0)
        return poll(&wait, 1, milliseconds) != 0
    }

    /// Why it gave up, of what it then says (`refused WHY`).
    public static func reason(_ text: String) -> String { text.hasPrefix("refused ") ? String(text.dropFirst(8)) : text }

    /// What it has said, without waiting.
    ///
    /// - Parameter keeping: the next call hears it again.
    public func hear(keeping: Bool = false) -> Word {
        var parent = parent
        var text = [CChar](repeating: 0, count: 4097)
        let count = lynx_warm_hear(&parent, &text, text.count - 1, keeping ? 1 : 0)
        if count < 0 { return .none }
        return count == 0 ? .gone : .said(String(decoding: text[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }

    /// A process of a job. Call when it has said that it is ready; on one thread at a time.
    ///
    /// - Parameters:
    ///   - request: that of a process of its own, with the environment that the parent has as well.
    ///   - names: of the variables that are the job's own.
    /// - Throws: what the job fails of, with or without a parent.
    public func start(_ request: GuardedProcess.Request, variables names: [String]) throws(EngineError) -> Start {
        let variables = names.compactMap { name in request.environment[name].map { "\(name)=\($0)" } }
        do throws(EngineError) {
            return .started(try GuardedProcess(request, variables: variables, socket: parent.socket))
        } catch where error.code == Self.fault {
            return error.systemErrno == ESTALE ? .outdated : .failed(error.message)
        }
    }

    /// In bytes; 0 once it has ended.
    public var residentBytes: Int {
        let fields = procFile("statm").split(separator: " ")
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE))) : 0
    }

    /// The processor time it has had, in the kernel's clock ticks; 0 once it has ended.
    public var processorTicks: Int {
        // utime and stime of proc_pid_stat(5), counted from behind the name, which may have spaces and brackets in it.
        let fields = procFile("stat").split(separator: ")").last?.split(separator: " ") ?? []
        return fields.count > 12 ? (Int(fields[11]) ?? 0) + (Int(fields[12]) ?? 0) : 0
    }

    private func procFile(_ name: String) -> String {
        let descriptor = open("/proc/\(parent.pid)/\(name)", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        let text = [UInt8](unsafeUninitializedCapacity: 1024) { buffer, count in
            count = max(0, read(descriptor, buffer.baseAddress, buffer.count))
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Ends it. Processes that came from it run on.
    public func stop() {
        isStopped.withLock { isStopped in
            guard !isStopped else { return }
            isStopped = true
            var parent = parent
            lynx_warm_stop(&parent)
        }
    }
}
