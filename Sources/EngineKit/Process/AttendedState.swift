import CLinux
import EngineABI
import Glibc
import Support
import Synchronization

/// What a job that an engine attends to on a thread of its own shares with the host's threads: its running processes, whether it
/// has been terminated, and its result. For jobs with more than one process, or with work before, between or after them.
public final class AttendedState<Result: Sendable>: Sendable {
    private struct State {
        var processes: [GuardedProcess] = []
        var isTerminated = false
        var result: Result?
    }

    private let over: OwnedDescriptor
    private let state = Mutex(State())

    /// - Throws: `EngineError` with LYNX_E_RESOURCES if there is no descriptor left.
    public init() throws(EngineError) {
        let descriptor = eventfd(0, CInt(EFD_CLOEXEC | EFD_NONBLOCK))
        guard descriptor >= 0 else {
            throw EngineError(lynx_status(LYNX_E_RESOURCES), "eventfd: \(String(cString: strerror(errno)))", errno: errno)
        }
        over = OwnedDescriptor(descriptor)
    }

    /// Readable once the job is over, and no process of it is left.
    public var exitDescriptor: Int32 { over.raw }
    public var isTerminated: Bool { state.withLock { $0.isTerminated } }
    /// Nil while the job lasts.
    public var result: Result? { state.withLock { $0.result } }

    /// Registers a running process. After `terminate` it is killed at once.
    public func add(_ process: GuardedProcess) {
        let isTooLate = state.withLock { state in
            state.processes.append(process)
            return state.isTerminated
        }
        if isTooLate { process.kill() }
    }

    public func remove(_ process: GuardedProcess) { state.withLock { $0.processes.removeAll { $0 === process } } }

    /// Kills the running processes, and those started later, on the calling thread.
    public func terminate() {
        let processes = state.withLock { state in
            state.isTerminated = true
            return state.processes
        }
        for process in processes { process.kill() }
    }

    /// Ends the job. To be called when no process of it is left.
    public func finish(_ result: Result) {
        state.withLock { $0.result = result }
        var one: UInt64 = 1
        _ = write(over.raw, &one, MemoryLayout<UInt64>.size)
    }
}
