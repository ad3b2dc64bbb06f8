import CLinux
import Glibc

/// Starts the thread that a loop lives on.
enum LoopThread {
    private final class Start {
        let name: String
        let context: LoopContext

        init(name: String, context: LoopContext) {
            self.name = name
            self.context = context
        }
    }

    /// The new thread owns the context; the caller keeps no reference to it.
    static func start(name: String, _ context: LoopContext) throws(SystemError) -> pthread_t {
        let start = Unmanaged.passRetained(Start(name: name, context: context))
        // A thread inherits its creator's mask: blocked here, a signal cannot land on the loop even in its first moment.
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
                // A breach is to be judged in microseconds though simulations keep all processors busy.
                _ = lynx_ask_for_short_turns()
                start.context.runUntilStopped()
                return nil
            }, start.toOpaque())
        guard result == 0 else {
            start.release()
            throw SystemError(call: "pthread_create", code: result)
        }
        return thread
    }
}
