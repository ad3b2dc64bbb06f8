import CLinux
import Glibc
import Support
import Synchronization

/// One thread that waits on descriptors (epoll), timers and work from other threads, and handles them one after the other.
///
/// State that lives on a loop needs no locks: only closures that run there get a `LoopContext`. A closure that blocks holds up
/// everything else on the loop. All signals are blocked on the loop's thread.
public final class EventLoop: Sendable {
    private let mailbox: Mailbox
    private let thread: Mutex<pthread_t?>


    /// Starts the loop's thread. `name` is cut to 15 bytes by the kernel.
    /// Throws `SystemError` when descriptors or threads run out, or on a Linux older than 5.11.
    public init(name: String) throws {
        let mailbox = try Mailbox()
        // The context moves to the new thread whole: nothing here keeps a reference to it.
        let context = LoopContext(mailbox: mailbox, poller: try Poller())
        try context.watchMailbox()
        thread = Mutex(try LoopThread.start(name: name, context))
        self.mailbox = mailbox
    }

    /// Runs `work` on the loop, after all work that was handed over before. May be called on any thread, the loop's own
    /// included. Work handed over after the loop has ended is dropped.
    public func execute(_ work: @escaping @Sendable (LoopContext) -> Void) {
        _ = mailbox.post(work)
    }

    /// Runs `work` on the loop and returns its result. Throws what `work` throws, or `EventLoopStopped`.
    public func run<T: Sendable>(_ work: @escaping @Sendable (LoopContext) throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<T, any Error>) in
            let accepted = mailbox.post { context in
                continuation.resume(with: Result { try work(context) })
            }
            if !accepted { continuation.resume(throwing: EventLoopStopped()) }
        }
    }

    /// Ends the loop after the queued work and the work that this queues in turn have run; watches and timers are dropped
    /// without being called. Returns when the thread has ended, or at once if called on the loop itself.
    public func shutDown() {
        mailbox.stop()
        let joinable = thread.withLock { thread in
            defer { thread = nil }
            return thread
        }
        guard let joinable else { return }
        if pthread_equal(joinable, pthread_self()) != 0 {
            pthread_detach(joinable)
        } else {
            pthread_join(joinable, nil)
        }
    }

    deinit {
        shutDown()
    }
}

/// The loop ended before the work could run.
public struct EventLoopStopped: Error, Hashable, Sendable, CustomStringConvertible {
    public init() {}

    public var description: String { "the event loop has been shut down" }
}

/// Starts the thread of a loop.
enum LoopThread {
    /// The new thread owns the context; the caller keeps no reference to it.
    static func start(name: String, _ context: LoopContext) throws(SystemError) -> pthread_t {
        try NamedThread.start(name: name) {
            // A breach has to be detected within microseconds although simulations keep all processors busy.
            _ = lynx_ask_for_short_turns()
            context.runUntilStopped()
        }
    }
}

/// Starts threads that receive no signals.
enum NamedThread {
    private final class Start {
        let name: String
        let body: () -> Void

        init(name: String, body: @escaping () -> Void) {
            self.name = name
            self.body = body
        }
    }

    /// Runs `body` on a new thread, which takes over everything that `body` captures. The kernel cuts `name` to 15 bytes.
    static func start(name: String, _ body: @escaping () -> Void) throws(SystemError) -> pthread_t {
        let start = Unmanaged.passRetained(Start(name: name, body: body))
        // A thread inherits its creator's mask: blocked here, a signal cannot land on the thread even in its first moment.
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }

        var thread = pthread_t()
        let result = pthread_create(
            &thread, nil,
            { argument in
                let start = Unmanaged<Start>.fromOpaque(argument!).takeRetainedValue()
                lynx_set_thread_name(start.name)
                lynx_give_signal_stack()
                start.body()
                lynx_take_signal_stack()
                return nil
            }, start.toOpaque())
        guard result == 0 else {
            start.release()
            throw SystemError(call: "pthread_create", code: result)
        }
        return thread
    }
}

/// The clock that loops and engines use.
public enum MonotonicClock {
    /// CLOCK_MONOTONIC in nanoseconds.
    public static var now: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
