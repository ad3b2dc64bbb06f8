import CChannel
import CGuardian
import CLinux
import Dispatch
import EngineABI
import EventLoop
import Glibc
import Support
import Synchronization

/// One process that runs an engine, from its start to its end.
///
/// It runs under a guardian, as a simulation does: whatever it leaves behind ends with it, and it ends with this process. Each
/// call takes a channel of its own, which has a thread at its other end, so that a call costs one message each way.
final class EngineChild: Sendable {
    struct Settings: Sendable {
        /// Absolute path of `runner-host`.
        var program: String
        /// The engine's library.
        var library: String
        /// How long a call may be silent.
        var patience: Duration
    }

    /// What the engine's table says of it.
    struct Description: Equatable, Sendable {
        var id: String
        var displayName: String
        var version: String
        var abiMinor: UInt32
        var hasWarmWorkers: Bool
        var runsScenarios: Bool
        var stopsSoftly: Bool
        var declaration: EngineDeclaration?
        var confinesCommands: Bool
    }

    struct State {
        var idle: [Channel] = []
        /// The functions that are being called, by their channels.
        var calls: [ObjectIdentifier: StaticString] = [:]
        /// What attempts had left when they were reaped, by their directories, until it is asked for.
        var strays: [String: StrayProcesses.Findings] = [:]
        /// Why this process ends it; nil if it ends by itself.
        var cause: Cause?
        /// Whether its pid and its guardian's may be others' by now.
        var isReaped = false
        var ending: EngineEnded?
    }

    /// The reason for ending the process.
    struct Cause: Sendable {
        var isHang: Bool
        var text: String
    }

    let settings: Settings
    let pid: Int32
    let guardian: lynx_guardian
    let output: ChildOutput
    /// Readable once the process and all that it started are gone; open as long as this object.
    let end: OwnedDescriptor
    let state = Mutex(State())
    /// The number of its jobs that are prepared and not released.
    let jobs = Atomic(0)
    /// The most memory in bytes that the process may have of its own.
    let memoryLimit = Atomic(Int64.max)
    /// Signalled when `ending` is set, and by each who has waited for it.
    private let gone = DispatchSemaphore(value: 0)
    private let main: Mutex<Channel>
    private let launches: Mutex<Channel>
    let inbox: ChildInbox

    /// Starts the process, which then waits to be told what to load.
    ///
    /// - Parameters:
    ///   - loop: watches the process.
    ///   - onEnd: called once, on the loop, when it and all that it started are gone.
    init(
        _ settings: Settings, host: UnsafePointer<lynx_host>, loop: EventLoop, onEnd: @escaping @Sendable (EngineChild, EngineEnded) -> Void
    ) throws {
        self.settings = settings
        // What the process leaves if its guardian is killed becomes this process's, which can end it.
        _ = lynx_set_child_subreaper()
        let news = try Channel.Pair(), questions = try Channel.Pair(), launches = try Channel.Pair()
        let output = try ChildOutput()
        let (main, guardian) = try Self.spawn(settings, output)
        self.output = output
        self.guardian = guardian
        pid = guardian.program
        end = try OwnedDescriptor("fcntl", fcntl(guardian.pidfd, F_DUPFD_CLOEXEC, 3))
        for channel in [main, launches.own] { channel.limitSilence(to: settings.patience) }
        self.main = Mutex(main)
        self.launches = Mutex(launches.own)
        inbox = ChildInbox(host: host, news: news.own, questions: questions.own)
        loop.execute { [self] context in ChildWatch(self, onEnd).begin(context) }
        do {
            try main.attach(news.other, as: .news)
            try main.attach(questions.other, as: .questions)
            try main.attach(launches.other, as: .launches)
        } catch {
            throw ended(error, in: "load")
        }
    }

    /// The end of the process's first channel that is left open closes with this call.
    private static func spawn(_ settings: Settings, _ output: ChildOutput) throws(SystemError) -> (main: Channel, lynx_guardian) {
        let main = try Channel.Pair()
        let words: [String] = [
            settings.program, EngineWorker.command, settings.library, currentFolder, output.path(.standardOutput),
            output.path(.standardError),
        ]
        let texts = words.map { strdup($0) }
        defer { for text in texts { free(text) } }
        let arguments: [UnsafeMutablePointer<CChar>?] = [texts[0], texts[1], texts[2], nil]
        var request = lynx_guardian_request()
        request.program = UnsafePointer(texts[0])
        request.envp = lynx_environment()
        request.working_directory = UnsafePointer(texts[3])
        request.stdout_path = UnsafePointer(texts[4])
        request.stderr_path = UnsafePointer(texts[5])
        request.capture_bytes = UInt64(ChildOutput.mostBytes)
        request.channel = main.other.raw
        var guardian = lynx_guardian()
        var step = LYNX_GUARDIAN_FORK
        let failure = arguments.withUnsafeBufferPointer { arguments in
            request.argv = arguments.baseAddress
            return lynx_guardian_spawn(&request, &guardian, &step)
        }
        guard failure == 0 else { throw SystemError(call: "cannot start \(settings.program)", code: failure) }
        return (main.own, guardian)
    }

    private static var currentFolder: String {
        guard let path = getcwd(nil, 0) else { return "/" }
        defer { free(path) }
        return String(cString: path)
    }

    // MARK: Calls

    enum Place { case main, launch, job }

    /// Makes one call and waits for what it returns.
    ///
    /// - Parameters:
    ///   - meanwhile: receives what the engine's side says before it returns.
    ///   - take: reads what it returned; the channel may hold a descriptor that came with it.
    func call<Value: Sendable>(
        _ function: StaticString, _ message: Message, at place: Place = .job,
        meanwhile: (inout MessageReader, Channel) throws -> Void = { _, _ in throw MalformedMessage() },
        take: (inout MessageReader, Channel) throws -> Value
    ) throws(EngineEnded) -> Value {
        do {
            switch place {
            case .main: return try main.withLock { channel in try exchange(function, message, channel, meanwhile, take) }
            case .launch: return try launches.withLock { channel in try exchange(function, message, channel, meanwhile, take) }
            case .job:
                let channel = try lease()
                let value = try exchange(function, message, channel, meanwhile, take)
                state.withLock { $0.idle.append(channel) }
                return value
            }
        } catch let error as EngineEnded {
            throw error
        } catch {
            throw ended(error, in: function)
        }
    }

    private func exchange<Value: Sendable>(
        _ function: StaticString, _ message: Message, _ channel: Channel, _ meanwhile: (inout MessageReader, Channel) throws -> Void,
        _ take: (inout MessageReader, Channel) throws -> Value
    ) throws -> Value {
        state.withLock { $0.calls[ObjectIdentifier(channel)] = function }
        try channel.send(message)
        while true {
            var reply = try channel.receive()
            if reply.topic == .returned {
                let value = try take(&reply, channel)
                state.withLock { $0.calls[ObjectIdentifier(channel)] = nil }
                return value
            }
            try meanwhile(&reply, channel)
        }
    }

    private func lease() throws -> Channel {
        if let channel = state.withLock({ $0.idle.popLast() }) { return channel }
        let pair = try Channel.Pair()
        pair.own.limitSilence(to: settings.patience)
        try main.withLock { main in try main.attach(pair.other, as: .calls) }
        return pair.own
    }

    func note(_ strays: StrayProcesses.Findings, of directory: String) { state.withLock { $0.strays[directory] = strays } }

    /// What an attempt had left when it was reaped; nil if it was not, or if this was asked before.
    func takeStrays(of directory: String) -> StrayProcesses.Findings? { state.withLock { $0.strays.removeValue(forKey: directory) } }

    // MARK: The end

    /// How the process ended; nil while it runs.
    var ending: EngineEnded? { state.withLock { $0.ending } }

    /// Ends the process and all that it started. The first cause counts. Does not wait.
    func end(_ cause: Cause) {
        state.withLock { state in
            guard state.cause == nil else { return }
            state.cause = cause
            killTree(state)
        }
    }

    /// Ends the process, and waits until it is gone.
    func endNow() {
        end(Cause(isHang: false, text: "is not used"))
        waitForEnd()
    }

    private func waitForEnd() {
        if gone.wait(timeout: .now() + Self.longestEnd) == .success { gone.signal() }
    }

    /// Ends all that the process has started, and itself. The guardian is reaped under the same lock.
    func killTree() { state.withLock { killTree($0) } }

    private func killTree(_ state: borrowing State) {
        guard !state.isReaped else { return }
        withUnsafePointer(to: guardian) { lynx_guardian_kill($0) }
    }

    func noteEnding(_ ending: EngineEnded) {
        state.withLock { $0.ending = ending }
        gone.signal()
    }

    /// Turns the failure of a call into the end of the process, and waits for it.
    private func ended(_ error: any Error, in function: StaticString) -> EngineEnded {
        switch error {
        case Channel.Failure.silent:
            end(Cause(isHang: true, text: "did not return from \(function) within \(ReportDraft.short(settings.patience / .seconds(1))) s"))
        case Channel.Failure.closed: break
        case Channel.Failure.malformed, is MalformedMessage: end(Cause(isHang: false, text: "sent what is no message, in \(function)"))
        default: return EngineEnded(isHang: false, text: "cannot be called: \(error)")
        }
        waitForEnd()
        return ending ?? EngineEnded(isHang: false, text: "is ending, in \(function)")
    }

    /// What guardians take at most, with some to spare.
    private static let longestEnd = 15.0
}

/// The process of an engine has ended, or ends.
struct EngineEnded: Error, Hashable, Sendable {
    var isHang: Bool
    /// What it did, such as `ended with SIGABRT in launch`.
    var text: String
}

/// The uses of a channel that the other process is given.
enum ChannelUse: UInt8 { case news, questions, launches, calls }

extension Channel {
    fileprivate func attach(_ other: borrowing OwnedDescriptor, as use: ChannelUse) throws(Failure) {
        var message = Message(.attach)
        message.put(use.rawValue)
        try send(message, descriptor: other.raw)
    }
}
