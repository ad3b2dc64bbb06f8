import CLinux
import Dispatch
import EventLoop
import Glibc
import Support
import Synchronization

/// Turns signals into the end of the service: the first drains, the second stops, and so does the end of its terminal.
/// Watches for the end of a parent as well.
final class Stopping: Sendable {
    private let drain: @Sendable () -> Void
    private let stopNow: @Sendable () -> Void
    private let state = Mutex<(signals: Int, sources: [any DispatchSourceSignal])>((0, []))

    init(drain: @escaping @Sendable () -> Void, stopNow: @escaping @Sendable () -> Void) {
        self.drain = drain
        self.stopNow = stopNow
    }

    func watchSignals() {
        for number in [SIGTERM, SIGINT] {
            signal(number, SIG_IGN)
            watch(number) { [self] count in
                // Signals that came together are counted, not merged.
                for _ in 0..<count { signalled() }
            }
        }
        // Under nohup it is ignored, and stays so.
        if unsafeBitCast(signal(SIGHUP, SIG_IGN), to: Int.self) != Self.ignored { watch(SIGHUP) { [stopNow] _ in stopNow() } }
    }

    /// SIG_IGN of signal(2).
    private static let ignored = 1

    private func watch(_ number: Int32, _ body: @escaping @Sendable (UInt) -> Void) {
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler { body(source.data) }
        source.activate()
        state.withLock { $0.sources.append(source) }
    }

    /// - Parameter gone: called when the process has ended, also if it had before.
    /// - Throws: `SystemError` when the process cannot be watched.
    func watch(parent: Int32, on loop: EventLoop, gone: @escaping @Sendable () -> Void) async throws {
        // Without this check a parent that ended before would never be missed.
        guard getppid() == parent else { return gone() }
        let descriptor = lynx_pidfd_open(parent)
        guard descriptor >= 0 else {
            // Anything else, such as no descriptor left, says nothing of the parent.
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
    /// Calls `body` when the descriptor is first readable, and watches it no longer.
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
