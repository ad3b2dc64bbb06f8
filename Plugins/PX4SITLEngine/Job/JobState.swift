import CLinux
import EngineKit
import EventLoop
import Glibc
import Support
import Synchronization

/// The state of a job that its loop and the host's threads share.
final class JobState: Sendable {
    private struct State {
        var processes: [GuardedProcess] = []
        var isTerminated = false
        var result: Result?
    }

    struct Result: Sendable {
        var exit: SimulationExit
        var warnings: [String]
        var vehicle: VehicleFiles?
        /// The interval of simulated seconds from the first to the last message that the vehicle was off the ground.
        var airborne: ClosedRange<Double>?
    }

    /// Readable when no process of the job runs any more.
    let over: OwnedDescriptor
    private let state = Mutex(State())

    init() throws(SystemError) {
        over = try OwnedDescriptor("eventfd", eventfd(0, CInt(EFD_CLOEXEC | EFD_NONBLOCK)))
    }

    var isTerminated: Bool { state.withLock { $0.isTerminated } }

    /// Registers a running process. After `terminate` it is killed at once.
    func add(_ process: GuardedProcess) {
        let isTooLate = state.withLock { state in
            state.processes.append(process)
            return state.isTerminated
        }
        if isTooLate { process.kill() }
    }

    func remove(_ process: GuardedProcess) { state.withLock { $0.processes.removeAll { $0 === process } } }

    /// Kills the running processes, and those started later, on the calling thread.
    func terminate() {
        let processes = state.withLock { state in
            state.isTerminated = true
            return state.processes
        }
        for process in processes { process.kill() }
    }

    func finish(_ result: Result) {
        state.withLock { $0.result = result }
        var one: UInt64 = 1
        _ = write(over.raw, &one, MemoryLayout<UInt64>.size)
    }

    /// Nil while the job runs.
    var result: Result? { state.withLock { $0.result } }
}

/// A guarded process whose end a loop waits for.
final class RunningProcess {
    let process: GuardedProcess
    private var watch: Watch?

    /// - Parameter onEnd: called once, when the process and everything it started has ended; its pid may be reused from then
    ///   on.
    /// - Throws: if its end cannot be waited for; the process has then been killed.
    init(_ process: GuardedProcess, _ context: LoopContext, onEnd: @escaping (GuardedProcess.End, LoopContext) -> Void) throws(EngineError) {
        self.process = process
        do {
            watch = try context.watch(process.exitDescriptor, .readable) { [weak self] context, _ in
                self?.watch?.cancel()
                self?.watch = nil
                if let end = process.reap() { onEnd(end, context) }
            }
        } catch {
            process.kill()
            throw .resources("cannot wait for a process: \(error)")
        }
    }
}
