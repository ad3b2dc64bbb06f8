import CLinux
import Dispatch
import EventLoop
import Glibc
import Support
import Synchronization

/// Translates signals into the end of the service: the first drains, the second stops, and so does the end of its terminal;
/// without that, SIGHUP has the configuration read again. It also watches for the end of a parent process.
final class Stopping: Sendable {
    private let drain: @Sendable () -> Void
    private let stopNow: @Sendable () -> Void
    private let reload: @Sendable () -> Void
    private let state = Mutex<(signals: Int, hasTerminal: Bool, sources: [any DispatchSourceSignal])>((0, false, []))

    init(drain: @escaping @Sendable () -> Void, stopNow: @escaping @Sendable () -> Void, reload: @escaping @Sendable () -> Void) {
        self.drain = drain
        self.stopNow = stopNow
        self.reload = reload
    }

    func watchSignals() {
        for number in [SIGTERM, SIGINT] {
            signal(number, SIG_IGN)
            watch(number) { [self] count in
                // Signals that arrive together are counted, not merged.
                for _ in 0..<count { signalled() }
            }
        }
        // Under nohup the end of the terminal changes nothing.
        let isIgnored = unsafeBitCast(signal(SIGHUP, SIG_IGN), to: Int.self) == Self.ignored
        state.withLock { $0.hasTerminal = Self.hasTerminal }
        watch(SIGHUP) { [self] _ in
            let hasLostTerminal = state.withLock { state in
                defer { state.hasTerminal = Self.hasTerminal }
                return state.hasTerminal && !Self.hasTerminal
            }
            if !hasLostTerminal { reload() } else if !isIgnored { stopNow() }
        }
    }

    /// Whether this process has a controlling terminal; the kernel takes it away before it sends the signal.
    private static var hasTerminal: Bool {
        let descriptor = open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return false }
        close(descriptor)
        return true
    }

    /// SIG_IGN of signal(2).
    private static let ignored = 1

    private func watch(_ number: Int32, _ body: @escaping @Sendable (UInt) -> Void) {
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler { body(source.data) }
        source.activate()
        state.withLock { $0.sources.append(source) }
    }

    /// - Parameter gone: called when the process has ended, even if that was before this call.
    /// - Throws: `SystemError` if the process cannot be watched.
    func watch(parent: Int32, on loop: EventLoop, gone: @escaping @Sendable () -> Void) async throws {
        // Without this check, a parent that ended earlier would not be noticed.
        guard getppid() == parent else { return gone() }
        let descriptor = lynx_pidfd_open(parent)
        guard descriptor >= 0 else {
            // Any other error, such as a lack of descriptors, does not mean that the parent is gone.
            guard errno == ESRCH else { throw SystemError(call: "pidfd_open", code: errno) }
            return gone()
        }
        guard getppid() == parent else {
            close(descriptor)
            return gone()
        }
        try await loop.run { context in
            try context.onceReadable(descriptor) { _ in
                close(descriptor)
                gone()
            }
        }
    }

    func cancel() {
        state.withLock { state in
            for source in state.sources { source.cancel() }
            state.sources = []
        }
    }

    private func signalled() {
        let count = state.withLock { state in
            state.signals += 1
            return state.signals
        }
        if count == 1 { drain() } else { stopNow() }
    }
}

extension LoopContext {
    /// Calls `body` when the descriptor becomes readable for the first time, then stops watching it.
    func onceReadable(_ descriptor: Int32, _ body: @escaping (LoopContext) -> Void) throws {
        let box = Box()
        box.watch = try watch(descriptor, .readable) { context, _ in
            box.watch?.cancel()
            box.watch = nil
            body(context)
        }
    }

    private final class Box {
        var watch: Watch?
    }
}
