import CLinux
import EngineABI
import EventLoop
import Logging
import Support
import Synchronization

/// An engine that runs in a process of its own, and the succession of these processes: when one has ended, the next job starts
/// another, at the earliest after a pause that grows while none of them completes a job.
final class IsolatedEngine: Sendable {
    private struct State {
        var child: EngineChild?
        var settings: [String: String]?
        /// How many processes in a row have ended without completing a job.
        var ends = 0
        var restUntil = ContinuousClock.now
        var lastEnd = ""
        var observer: (@Sendable (_ reason: String, _ pause: Duration) -> Void)?
        var memoryLimit: Int64
        var hasDefault = true
    }

    let library: String
    let description: EngineChild.Description
    private let program: String
    private let patience: Duration
    /// Valid as long as this process, and for any thread.
    private nonisolated(unsafe) let host: UnsafePointer<lynx_host>
    private let loop: EventLoop
    private let logger: Logger
    private let state: Mutex<State>
    /// Held while a process is started.
    private let starting = Mutex(())

    static let longestPause = Duration.seconds(300)

    /// Starts a process and asks the engine in it what it is.
    ///
    /// - Parameters:
    ///   - library: the engine's file.
    ///   - program: absolute path of `runner-host`.
    /// - Throws: `EngineRefusal`.
    init(
        library: String, program: String, patience: Duration, memoryLimit: Int64, host: UnsafePointer<lynx_host>, logger: Logger
    ) throws(EngineRefusal) {
        self.library = library
        self.program = program
        self.host = host
        do { loop = try EventLoop(name: "lynx-engine") } catch { throw .unreadable("\(error)") }
        var logger = logger
        logger[metadataKey: "library"] = "\(library)"
        self.logger = logger
        self.patience = patience
        state = Mutex(State(memoryLimit: memoryLimit))
        let settings = EngineChild.Settings(program: program, library: library, patience: patience)
        // Its end before it has answered is told by the call that asks.
        let box = EndHandler()
        let child: EngineChild
        do {
            child = try EngineChild(settings, host: host, loop: loop) { child, ending in box.handler.withLock { $0 }?(child, ending) }
        } catch {
            throw .crashed("\(error)")
        }
        child.memoryLimit.store(memoryLimit, ordering: .relaxed)
        do throws(EngineRefusal) {
            description = try Self.load(child)
        } catch {
            // The loop reaps it, and goes with this object.
            child.endNow()
            throw error
        }
        state.withLock { $0.child = child }
        box.handler.withLock { handler in handler = { [weak self] child, ending in self?.ended(child, ending) } }
    }

    private final class EndHandler: Sendable {
        let handler = Mutex<(@Sendable (EngineChild, EngineEnded) -> Void)?>(nil)
    }

    /// Sets the limit in bytes for the memory of this engine's processes.
    func limitMemory(to limit: Int64) {
        let child = state.withLock { state in
            state.memoryLimit = limit
            return state.child
        }
        child?.memoryLimit.store(limit, ordering: .relaxed)
    }

    /// Ends the process of an engine that is not used.
    func discard() { state.withLock { $0.child }?.end(.init(isHang: false, text: "is not used")) }

    /// Sets the handler that is called when a process has ended, with the reason and the pause before the next.
    func onEnd(_ body: @escaping @Sendable (_ reason: String, _ pause: Duration) -> Void) { state.withLock { $0.observer = body } }

    /// The process, if one runs.
    var running: EngineChild? { state.withLock { $0.child }.flatMap { $0.ending == nil ? $0 : nil } }

    /// Passes on the samples that the engine has emitted so far. Returns false if more are to come.
    func settleTelemetry() -> Bool { running?.inbox.settle() ?? true }

    /// Records that a job has been completed, so that the next end is not one in a row.
    func completedJob() { state.withLock { $0.ends = 0 } }

    // MARK: Starting

    /// Passes the settings to the engine, and to each later process when it starts.
    func configure(_ settings: [String: String]) throws(EngineFailure) {
        state.withLock { $0.settings = settings }
        guard let running else {
            _ = try child()
            return
        }
        try configure(running, settings)
    }

    private func configure(_ child: EngineChild, _ settings: [String: String]) throws(EngineFailure) {
        let answer: Result<Void, EngineFailure>
        do throws(EngineEnded) { answer = try child.configure(settings) } catch { throw EngineFailure(error, of: description.id) }
        try answer.get()
    }

    /// Whether the settings of `configure` say what jobs run, as the engine said last.
    var hasDefault: Bool {
        let answer = try? child().hasDefault()
        return state.withLock { state in
            if let answer { state.hasDefault = answer }
            return state.hasDefault
        }
    }

    /// Nil for any number.
    func mostJobs(processors: Int) -> Int? {
        guard let most = try? child().mostJobs(processors: processors), most > 0 else { return nil }
        return Int(most)
    }

    /// The process that runs, or a new one.
    ///
    /// - Throws: `EngineFailure` of the kind `resting` if it is too early for a new one, or if it cannot be started.
    func child() throws(EngineFailure) -> EngineChild {
        if let running { return running }
        return try starting.withLock { _ throws(EngineFailure) in
            if let running { return running }
            return try start()
        }
    }

    private func start() throws(EngineFailure) -> EngineChild {
        let (settings, limit, rest, lastEnd) = state.withLock { ($0.settings ?? [:], $0.memoryLimit, $0.restUntil - .now, $0.lastEnd) }
        guard rest <= .zero else {
            throw EngineFailure(kind: .resting, message: "engine \(description.id) is started again in \(rest.components.seconds + 1) s: \(lastEnd)")
        }
        do {
            let child = try EngineChild(
                .init(program: program, library: library, patience: patience), host: host, loop: loop
            ) { [weak self] child, ending in self?.ended(child, ending) }
            child.memoryLimit.store(limit, ordering: .relaxed)
            do {
                guard try Self.load(child) == description else { throw EngineRefusal.crashed("its file was replaced; restart this runner") }
                try configure(child, settings)
            } catch {
                child.end(.init(isHang: false, text: "could not be started: \(error)"))
                throw error
            }
            state.withLock { $0.child = child }
            logger.info("engine process started", metadata: ["engine": "\(description.id)", "pid": "\(child.pid)"])
            return child
        } catch {
            throw EngineFailure(kind: .resting, message: "the process of engine \(description.id) cannot be started: \(error)")
        }
    }

    private static func load(_ child: EngineChild) throws(EngineRefusal) -> EngineChild.Description {
        let answer: Result<EngineChild.Description, EngineRefusal>
        do throws(EngineEnded) { answer = try child.load() } catch { throw .crashed("its process \(error.text)") }
        return try answer.get()
    }

    // MARK: The end

    private func ended(_ child: EngineChild, _ ending: EngineEnded) {
        let jobs = child.jobs.load(ordering: .relaxed)
        let pause = note(ending)
        logger.warning(
            "engine process ended",
            metadata: [
                "engine": "\(description.id)", "pid": "\(child.pid)", "reason": "\(ending.text)", "jobs": "\(jobs)",
                "next_start_in_s": "\(pause.components.seconds)",
            ])
    }

    /// The first process of a row is replaced at once, the second after a second, and each further one after twice the time.
    @discardableResult
    private func note(_ ending: EngineEnded) -> Duration {
        let (pause, observer) = state.withLock { state in
            let pause = Self.pause(after: state.ends)
            state.ends += 1
            state.restUntil = .now + pause
            state.lastEnd = ending.text
            return (pause, state.observer)
        }
        observer?("the process of engine \(description.id) \(ending.text)", pause)
        return pause
    }

    /// - Parameter ends: how many processes in a row had ended before.
    static func pause(after ends: Int) -> Duration {
        ends == 0 ? .zero : min(longestPause, .seconds(1 << min(ends - 1, 16)))
    }
}

extension EngineFailure {
    init(_ ended: EngineEnded, of engine: String) {
        self.init(kind: ended.isHang ? .hung : .crashed, message: "the process of engine \(engine) \(ended.text)")
    }
}
