import CLinux
import Dispatch
import Glibc

/// A thread that makes calls for another one, which waits for each. It lasts as long as the process.
///
/// Sendable because `work` is written and read by two threads that take turns by their semaphores.
final class CallingThread: @unchecked Sendable {
    private var work: (() -> Void)?
    private let wanted = DispatchSemaphore(value: 0)
    private let done = DispatchSemaphore(value: 0)

    init(_ name: String) {
        var thread = pthread_t()
        let argument = Unmanaged.passRetained(Start(name: name, owner: self))
        let failure = pthread_create(
            &thread, nil,
            { argument in
                let start = Unmanaged<Start>.fromOpaque(argument!).takeRetainedValue()
                lynx_set_thread_name(start.name)
                lynx_give_signal_stack()
                start.owner.live()
            }, argument.toOpaque())
        precondition(failure == 0, "no thread can be started")
        pthread_detach(thread)
    }

    private final class Start {
        let name: String
        let owner: CallingThread
        init(name: String, owner: CallingThread) {
            self.name = name
            self.owner = owner
        }
    }

    /// Runs `body` on the thread and waits for it.
    func run<Value>(_ body: () -> Value) -> Value {
        var value: Value?
        withoutActuallyEscaping({ value = body() }) { work in
            begin(work)
            finish()
        }
        return value!
    }

    /// Has the thread begin; `finish` has to follow.
    func begin(_ work: @escaping () -> Void) {
        self.work = work
        wanted.signal()
    }

    /// Waits for what was begun, and forgets it.
    func finish() {
        done.wait()
        work = nil
    }

    private func live() -> Never {
        while true {
            wanted.wait()
            work?()
            done.signal()
        }
    }
}

/// Runs several calls at the same time, each on a thread of its own, and returns once all have ended.
func atOnce(_ count: Int, _ body: @Sendable (Int) -> Void) {
    let threads = (0..<count).map { _ in CallingThread("check-parallel") }
    withoutActuallyEscaping(body) { body in
        for (index, thread) in threads.enumerated() { thread.begin { body(index) } }
        for thread in threads { thread.finish() }
    }
}

/// Threads that run beside a check.
struct CallingThreads {
    private let threads: [CallingThread]

    static func start(_ count: Int, _ body: @escaping @Sendable () -> Void) -> CallingThreads {
        let threads = (0..<count).map { _ in CallingThread("check-beside") }
        for thread in threads { thread.begin(body) }
        return CallingThreads(threads: threads)
    }

    func wait() { for thread in threads { thread.finish() } }
}
