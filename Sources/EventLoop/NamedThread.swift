import CLinux
import Glibc
import Support

/// Starts threads that no signal lands on.
enum NamedThread {
    private final class Start {
        let name: String
        let body: () -> Void

        init(name: String, body: @escaping () -> Void) {
            self.name = name
            self.body = body
        }
    }

    /// Runs `body` on a new thread, to which everything that it holds moves. `name` is cut to 15 bytes by the kernel.
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
                return nil
            }, start.toOpaque())
        guard result == 0 else {
            start.release()
            throw SystemError(call: "pthread_create", code: result)
        }
        return thread
    }
}
