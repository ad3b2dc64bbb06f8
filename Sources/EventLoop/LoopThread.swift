import CLinux
import Glibc

/// Starts the thread that a loop lives on.
enum LoopThread {
    /// The new thread owns the context; the caller keeps no reference to it.
    static func start(name: String, _ context: LoopContext) throws(SystemError) -> pthread_t {
        try NamedThread.start(name: name) {
            // A breach is to be judged in microseconds though simulations keep all processors busy.
            _ = lynx_ask_for_short_turns()
            context.runUntilStopped()
        }
    }
}
