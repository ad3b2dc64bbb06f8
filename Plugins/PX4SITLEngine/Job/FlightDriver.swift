import EngineKit
import EventLoop
import MAVLink

/// Does what `Flight` decides, and tells it what came of it. Lives on the engine's loop.
final class FlightDriver {
    private let order: FlightOrder
    private let fleet: Fleet
    private let state: JobState
    private var flight: Flight
    private let tap = TelemetryTap()
    private var sensors = SensorWatch()
    private var pace = RealTimeWatch()
    private var events: [Flight.Event] = []
    private var isHandling = false
    private var timers: [Flight.Timer: TimerToken] = [:]
    private var knock: TimerToken?
    private var isHeard = false
    private var waiting: Int?
    private var link: GroundLink?
    private var vehicle: RunningProcess?
    private var mission: RunningProcess?
    private var vehicleFiles: VehicleFiles?
    private var starts = 0
    private var maxRSSBytes: Int64 = 0

    init(_ order: FlightOrder, _ fleet: Fleet, _ state: JobState) {
        self.order = order
        self.fleet = fleet
        self.state = state
        flight = Flight(expecting: order.plan.expected(isSIH: fleet.settings.isSIH))
    }

    func launch(_ context: LoopContext) {
        context.local(FlightDrivers.init).byToken[order.token] = self
        handle(.launched, context)
        if state.isTerminated { terminated(context) }
    }

    func terminated(_ context: LoopContext) { handle(.terminated, context) }

    /// Events that come while one is handled wait for their turn.
    func handle(_ event: Flight.Event, _ context: LoopContext) {
        events.append(event)
        guard !isHandling else { return }
        isHandling = true
        defer { isHandling = false }
        while !events.isEmpty {
            for action in flight.handle(events.removeFirst()) { perform(action, context) }
        }
    }

    private func perform(_ action: Flight.Action, _ context: LoopContext) {
        switch action {
        case .acquireInstance(let excluded):
            let id = pool(context).acquire(except: excluded, context) { [self] context, instance in
                waiting = nil
                handle(.instanceTaken(instance), context)
            }
            // Unless it was served on the spot.
            if flight.instance == nil, !events.contains(where: { if case .instanceTaken = $0 { true } else { false } }) { waiting = id }
        case .avoidInstance(let instance):
            closeLink(context)
            pool(context).avoid(instance, context)
        case .giveBackInstance(let instance):
            closeLink(context)
            pool(context).giveBack(instance, context)
        case .start(.px4): startVehicle(context)
        case .start(.mission): startMission(context)
        case .request(let names): for name in names { link?.request(parameter: name) }
        case .stopSoftly: vehicle?.process.signal(15)
        case .kill(.px4): vehicle?.process.kill()
        case .kill(.mission): mission?.process.kill()
        case .set(let timer): set(timer, context)
        case .cancel(let timer): timers.removeValue(forKey: timer).map(context.cancel)
        case .finish: finish(context)
        }
    }

    private func pool(_ context: LoopContext) -> InstancePool {
        let host = fleet.host
        return context.local {
            InstancePool { instance, obstacle in
                host.log(.warning, "PX4 instance \(instance.number) stays out of use: \(obstacle)")
            }
        }
    }

    private func set(_ timer: Flight.Timer, _ context: LoopContext) {
        timers.removeValue(forKey: timer).map(context.cancel)
        let timeouts = fleet.settings.timeouts
        let seconds =
            switch timer {
            case .instance: timeouts.instance
            case .boot: timeouts.boot
            case .parameters: timeouts.parameters
            case .parameterRetry: 0.25
            case .silence: timeouts.link
            case .stop: timeouts.stop
            }
        timers[timer] = context.schedule(after: UInt64(seconds * 1e9)) { [weak self] context in
            self?.timers[timer] = nil
            self?.handle(.timer(timer), context)
        }
    }

    private func finish(_ context: LoopContext) {
        if let waiting { pool(context).cancel(waiting) }
        closeLink(context)
        context.local(FlightDrivers.init).byToken[order.token] = nil
        let findings = Verdict.Findings(
            timeouts: fleet.settings.timeouts, missionStderr: order.files.stderr, vehicleLog: vehicleFiles?.stdout ?? "",
            hasFlightLog: vehicleFiles.map { !$0.flightLogs().isEmpty } ?? false, expectsFlightLog: order.plan.logsFromStart,
            sensors: sensors.finding, maxRSSBytes: maxRSSBytes)
        let warnings = pace.warning(speedFactor: order.plan.speedFactor ?? 1).map { [$0] } ?? []
        state.finish(
            JobState.Result(exit: Verdict.exit(flight.end ?? .terminated, findings), warnings: warnings, vehicle: vehicleFiles))
    }
}

extension FlightDriver {
    private func startVehicle(_ context: LoopContext) {
        guard let instance = flight.instance else { return }
        starts += 1
        let files = VehicleFiles(attempt: order.files.directory, start: starts)
        vehicleFiles = files
        do throws(EngineError) {
            try files.create()
            try openLink(instance, context)
            vehicle = try start(VehicleLaunch.px4(instance, order, fleet.settings, files), context) { [weak self] end, context in
                guard let self else { return }
                vehicle = nil
                // Two that start at once both give up, in words that say little: then the number is still the other's.
                let collision = flight.phase == .booting && (files.showsCollision() || InstanceProbe.obstacle(instance) != nil)
                handle(.vehicleEnded(end, collision: collision), context)
            }
        } catch {
            handle(.notStarted(.px4, error), context)
        }
    }

    private func startMission(_ context: LoopContext) {
        guard let instance = flight.instance else { return }
        do throws(EngineError) {
            mission = try start(VehicleLaunch.mission(instance, order, fleet.settings), context) { [weak self] end, context in
                self?.mission = nil
                self?.handle(.missionEnded(end), context)
            }
        } catch {
            handle(.notStarted(.mission, error), context)
        }
    }

    private func start(
        _ request: GuardedProcess.Request, _ context: LoopContext, onEnd: @escaping (GuardedProcess.End, LoopContext) -> Void
    ) throws(EngineError) -> RunningProcess {
        let process = try GuardedProcess(request)
        state.add(process)
        return try RunningProcess(process, context) { [weak self] end, context in
            self?.state.remove(process)
            if let self { maxRSSBytes = max(maxRSSBytes, end.maxRSSBytes) }
            onEnd(end, context)
        }
    }

    /// From before PX4's start on, so that nobody else speaks there first.
    private func openLink(_ instance: Instance, _ context: LoopContext) throws(EngineError) {
        closeLink(context)
        do {
            link = try GroundLink(instance, context) { [weak self] context, frame in self?.take(frame, context) }
        } catch {
            throw EngineError.resources("cannot open PX4's ground link: \(error)")
        }
        knockAgain(context)
    }

    /// Until PX4 speaks it is asked for something that costs it little, as it may have begun to listen just now; from then on
    /// until it is ready, and more rarely, for what tells so. Every request for a rate holds up those behind it.
    private func knockAgain(_ context: LoopContext) {
        guard flight.phase == .booting, let link else { return }
        if isHeard {
            link.request(SysStatus.id, hertz: Self.statusHertz)
        } else {
            link.request(parameter: "SYS_AUTOSTART")
        }
        knock = context.schedule(after: isHeard ? 2_000_000_000 : 100_000_000) { [weak self] in self?.knockAgain($0) }
    }

    /// Per simulated second: readiness is seen that late at most.
    private static let statusHertz = 10.0

    private func closeLink(_ context: LoopContext) {
        knock.map(context.cancel)
        knock = nil
        isHeard = false
        link?.close()
        link = nil
    }

    private func take(_ frame: MAVLinkFrame, _ context: LoopContext) {
        guard link != nil else { return }
        if !isHeard {
            isHeard = true
            knock.map(context.cancel)
            knockAgain(context)
        }
        let samples = tap.samples(of: frame)
        if flight.isTelemetryWanted {
            // First of all: a stopping condition may hang on it.
            fleet.host.emit(job: order.token, samples)
            handle(.heard, context)
            if flight.phase == .flying { pace.note(simulated: tap.simTime, wall: context.now) }
        }
        switch frame.messageID {
        case SysStatus.id: take(SystemStatus(SysStatus(frame)), context)
        case ExtendedSysState.id: sensors.note(landedState: ExtendedSysState(frame).landedState)
        case ParamValue.id:
            let parameter = ParamValue(frame)
            if let value = parameter.value { handle(.parameter(name: parameter.paramID, value), context) }
        default: break
        }
    }

    private func take(_ status: SystemStatus, _ context: LoopContext) {
        if flight.phase == .flying { sensors.note(status) }
        guard flight.phase == .booting, status.isReadyToArm else { return }
        knock.map(context.cancel)
        knock = nil
        handle(.ready(collision: vehicleFiles?.showsCollision() ?? false), context)
        // Behind the questions for parameters.
        if flight.isTelemetryWanted { link.map(ask) }
    }

    /// The rates of the table, and silence of what PX4 sends there beside it.
    private func ask(_ link: GroundLink) {
        for source in TelemetryTable.sources { source.hertz.map { link.request(source.id, hertz: $0) } }
        for message in TelemetryTable.unwanted { link.request(message, hertz: 0) }
    }
}
