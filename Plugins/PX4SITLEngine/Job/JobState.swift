import CLinux
import EngineKit
import EventLoop
import Glibc
import Support
import Synchronization

/// What a job's loop and the host's threads share of it.
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
        /// Simulated seconds from the first to the last that was heard while the mission ran.
        var flown: ClosedRange<Double>?
    }

    /// Readable when nothing of the job runs any more.
    let over: OwnedDescriptor
    private let state = Mutex(State())

    init() throws(SystemError) {
        over = try OwnedDescriptor("eventfd", eventfd(0, CInt(EFD_CLOEXEC | EFD_NONBLOCK)))
    }

    var isTerminated: Bool { state.withLock { $0.isTerminated } }

    /// A process that runs from now on. One that comes too late is killed at once.
    func add(_ process: GuardedProcess) {
        let isTooLate = state.withLock { state in
            state.processes.append(process)
            return state.isTerminated
        }
        if isTooLate { process.kill() }
    }

    func remove(_ process: GuardedProcess) { state.withLock { $0.processes.removeAll { $0 === process } } }

    /// Kills what runs and whatever will be started, from this very thread.
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

    /// nil while it runs.
    var result: Result? { state.withLock { $0.result } }
}
