import EngineABI
import EngineKit
import EventLoop

/// A run that the engine attends to while it lasts: whose telemetry it reads, whose servers it starts and stops.
final class AttendedJob: EngineJob {
    private let plan: RunPlan
    private let host: HostHandle
    private let loop: EventLoop
    private let state: AttendedState<RunResult>

    init(_ plan: RunPlan, host: HostHandle) throws(EngineError) {
        self.plan = plan
        self.host = host
        loop = try AttendedLoop.shared.get()
        state = try AttendedState()
    }

    deinit { state.terminate() }

    func launch() throws(EngineError) -> LaunchedProcess {
        loop.execute { [plan, host, state] context in
            let driver = RunDriver(plan, host, state)
            context.local(RunDrivers.init).byToken[plan.token] = driver
            driver.launch(context)
        }
        // The first process to start may be a server, and the telemetry of the last has to be read after its end.
        return LaunchedProcess(pid: 0, exitDescriptor: state.exitDescriptor)
    }

    func stop(_ reason: StopReason, deadline: UInt64) -> Bool {
        loop.execute { [token = plan.token] context in context.local(RunDrivers.init).byToken[token]?.asked(context) }
        return true
    }

    func terminate() {
        state.terminate()
        // The run may be between two processes, which only the loop knows.
        loop.execute { [token = plan.token] context in context.local(RunDrivers.init).byToken[token]?.terminated(context) }
    }

    func reap() throws(EngineError) -> SimulationExit {
        guard let result = state.result else { throw EngineError(lynx_status(LYNX_E_INTERNAL), "reap was called before the run was over") }
        return result.exit
    }

    func collect(into sink: borrowing ArtifactSink) throws(EngineError) {
        try CommandEnd.collect(plan, warnings: state.result?.warnings ?? [], into: sink)
    }
}

/// The thread that attends to runs, of all instances of the engine.
enum AttendedLoop {
    static let shared: Result<EventLoop, EngineError> = {
        do {
            return .success(try EventLoop(name: "command-io"))
        } catch {
            return .failure(EngineError(lynx_status(LYNX_E_RESOURCES), "cannot start the engine's thread: \(error)"))
        }
    }()
}

/// The runs on the loop by the host's token.
final class RunDrivers {
    var byToken: [UInt64: RunDriver] = [:]
}

/// How a run has ended.
struct RunResult: Sendable {
    var exit: SimulationExit
    var warnings: [String]
}
