import CommandDocument
import EngineABI
import EngineKit
import EventLoop
import LynxModel
import Support

/// Starts the servers of a run one after the other, then its command, and stops the servers when that has ended. Used on the
/// engine's loop only.
final class RunDriver {
    private enum Phase: Equatable {
        /// Waits for the server of this index to become ready.
        case server(Int)
        case command
        /// Waits for the servers to end.
        case stopping
        case over
    }

    private let plan: RunPlan
    private let host: HostHandle
    private let state: AttendedState<RunResult>
    private var phase = Phase.server(0)
    private var running: [Int: AttendedProcess] = [:]
    private var command: AttendedProcess?
    private var follower: Follower?
    private var sign: SignWatch?
    private var timers: [TimerToken] = []
    /// The result, as soon as it is known.
    private var exit: SimulationExit?
    private var isAsked = false
    private var warnings: [String] = []
    private var maxRSSBytes: Int64 = 0

    init(_ plan: RunPlan, _ host: HostHandle, _ state: AttendedState<RunResult>) {
        self.plan = plan
        self.host = host
        self.state = state
    }

    func launch(_ context: LoopContext) { start(server: 0, context) }

    /// The host wants the run to end, and kills it later. Servers are stopped as after the command's own end.
    func asked(_ context: LoopContext) {
        // What its command has printed last is being read.
        if phase == .command, command == nil, follower != nil { return }
        guard phase == .command, let command else {
            exit = exit ?? SimulationExit(exitCode: nil, exitSignal: nil, success: false, retryable: true, maxRSSBytes: 0, message: "stopped before the command")
            return stop(context)
        }
        command.process.signal(plan.stopSignal.signal.number)
    }

    /// All processes have been killed; what is left is to wait for them.
    func terminated(_ context: LoopContext) {
        if exit == nil, phase != .command {
            exit = SimulationExit(exitCode: nil, exitSignal: 9, success: false, retryable: true, maxRSSBytes: 0, message: "ended by signal 9 (Killed)")
        }
        stop(context)
    }

    private func start(server index: Int, _ context: LoopContext) {
        guard !state.isTerminated else { return terminated(context) }
        guard plan.servers.indices.contains(index) else { return startCommand(context) }
        phase = .server(index)
        let server = plan.servers[index]
        do throws(EngineError) {
            running[index] = try attend(server.request, context) { [weak self] end, context in self?.serverEnded(index, end, context) }
        } catch {
            return fail(error, context)
        }
        guard let ready = server.ready else { return start(server: index + 1, context) }
        let token = context.schedule(after: nanoseconds(server.readyTimeout)) { [weak self] context in
            guard let self, phase == .server(index) else { return }
            fault("\(server.name) was not ready after \(server.readyTimeout) s: \(ready.expectation)\(tail(of: server.request))", context)
        }
        timers.append(token)
        sign = SignWatch(ready, context) { [weak self] context in
            guard let self, phase == .server(index) else { return }
            sign = nil
            context.cancel(token)
            start(server: index + 1, context)
        }
    }

    private func startCommand(_ context: LoopContext) {
        phase = .command
        do throws(EngineError) {
            command = try attend(plan.request, context) { [weak self] end, context in self?.commandEnded(end, context) }
        } catch {
            return fail(error, context)
        }
        if !plan.telemetry.isEmpty { follower = Follower(plan.telemetry, token: plan.token, host: host, context) }
        guard let stopWhen = plan.stopWhen else { return }
        sign = SignWatch(stopWhen, context) { [weak self] context in
            guard let self, phase == .command else { return }
            sign = nil
            isAsked = true
            command.map { self.ask($0, self.plan.stopSignal, "the command", context) }
        }
    }

    private func commandEnded(_ end: GuardedProcess.End, _ context: LoopContext) {
        command = nil
        note(end)
        // Known before the rest is read: a server that ends meanwhile has not ended before the command.
        if exit == nil { exit = CommandEnd.exit(end, plan, wasAsked: isAsked) }
        guard let follower else { return stop(context) }
        follower.finish(context) { [self] found, context in
            warnings += found
            self.follower = nil
            stop(context)
        }
    }

    private func serverEnded(_ index: Int, _ end: GuardedProcess.End, _ context: LoopContext) {
        running[index] = nil
        note(end)
        let server = plan.servers[index]
        if exit == nil, phase != .stopping, !state.isTerminated {
            let how = end.exitCode.map { "exit code \($0)" } ?? "signal \(end.exitSignal ?? 0)"
            fault("\(server.name) ended with \(how) before the command\(tail(of: server.request))", context)
        } else {
            stop(context)
        }
    }

    /// Ends the run for a reason that says nothing about what it simulates.
    private func fault(_ message: String, _ context: LoopContext) {
        exit = exit ?? SimulationExit(
            exitCode: nil, exitSignal: nil, success: false, retryable: true, maxRSSBytes: 0, message: message, failureClass: .simulator)
        command?.process.kill()
        stop(context)
    }

    private func fail(_ error: EngineError, _ context: LoopContext) {
        exit = exit ?? SimulationExit(
            exitCode: nil, exitSignal: nil, success: false, retryable: error.code == lynx_status(LYNX_E_RESOURCES), maxRSSBytes: 0,
            message: error.message, failureClass: error.code == lynx_status(LYNX_E_RESOURCES) ? .simulator : .simulation)
        stop(context)
    }

    /// Asks the servers to end unless the command still runs, and ends the run when nothing is left of it.
    private func stop(_ context: LoopContext) {
        guard phase != .over, command == nil, follower == nil else { return }
        sign = nil
        if phase != .stopping {
            phase = .stopping
            for (index, server) in running.sorted(by: { $0.key > $1.key }) { ask(server, plan.servers[index].stop, plan.servers[index].name, context) }
        }
        guard running.isEmpty else { return }
        phase = .over
        for timer in timers { context.cancel(timer) }
        context.local(RunDrivers.init).byToken[plan.token] = nil
        var exit = exit ?? SimulationExit(exitCode: nil, exitSignal: nil, success: false, retryable: true, maxRSSBytes: 0, message: "nothing was run")
        exit.maxRSSBytes = max(exit.maxRSSBytes, maxRSSBytes)
        state.finish(RunResult(exit: exit, warnings: warnings))
    }

    private func ask(_ program: AttendedProcess, _ stop: StopSignal, _ name: String, _ context: LoopContext) {
        program.process.signal(stop.signal.number)
        timers.append(
            context.schedule(after: nanoseconds(stop.grace)) { [weak self, weak program] _ in
                guard let self, let program, !program.hasEnded else { return }
                if stop.grace > 0 { warnings.append("\(name) did not end within \(stop.grace) s of \(stop.signal.rawValue) and was killed") }
                program.process.kill()
            })
    }

    private func attend(
        _ request: GuardedProcess.Request, _ context: LoopContext, onEnd: @escaping (GuardedProcess.End, LoopContext) -> Void
    ) throws(EngineError) -> AttendedProcess {
        let process = try GuardedProcess(request)
        state.add(process)
        return try AttendedProcess(process, context) { [state] end, context in
            state.remove(process)
            onEnd(end, context)
        }
    }

    private func note(_ end: GuardedProcess.End) {
        maxRSSBytes = max(maxRSSBytes, end.maxRSSBytes)
        warnings += end.leftovers.warnings
    }

    private func tail(of request: GuardedProcess.Request) -> String {
        let lines = LogTail.read(request.stderrPath, lines: 3)
        return lines.isEmpty ? "" : "\n" + lines.joined(separator: "\n")
    }

    private func nanoseconds(_ seconds: Double) -> UInt64 { UInt64(seconds * 1e9) }
}
