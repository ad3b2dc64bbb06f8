import EngineKit
import EventLoop
import MAVLink

/// Does what `Flight` decides, and tells it what came of it. Lives on the engine's loop.
final class FlightDriver {
    private let order: FlightOrder
    private let fleet: Fleet
    private let state: JobState
    private var flight: Flight
    private var tap = TelemetryTap()
    private var sensors: SensorWatch
    private var pace = RealTimeWatch()
    private var events: [Flight.Event] = []
    private var isHandling = false
    private var timers: [Flight.Timer: TimerToken] = [:]
    private var waiting: Int?
    private var contact: GroundContact?
    /// What spoiled the latest start that another number took the place of, for a person.
    private var collision: String?
    /// The ground link's port where PX4 was not heard; nil: it was.
    private var mutePort: UInt16?
    /// Who listens where PX4 looked for a mission that failed.
    private var partner: String?
    private var vehicle: RunningProcess?
    private var mission: RunningProcess?
    private var vehicleFiles: VehicleFiles?
    private var starts = 0
    private var maxRSSBytes: Int64 = 0
    /// Descriptions of processes that one of the two programs left behind.
    private var leftovers: [String] = []

    init(_ order: FlightOrder, _ fleet: Fleet, _ state: JobState) {
        self.order = order
        self.fleet = fleet
        self.state = state
        sensors = SensorWatch(order.plan.readiness)
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
        case .request(let names): for name in names { contact?.link.request(parameter: name) }
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
            } onPassedOver: { instance, obstacle in
                host.log(.warning, "PX4 instance \(instance.number) is passed over: \(obstacle)")
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
        schedule(timer, after: UInt64(seconds * 1e9), context)
    }

    private func schedule(_ timer: Flight.Timer, after nanoseconds: UInt64, _ context: LoopContext) {
        timers[timer] = context.schedule(after: nanoseconds) { [weak self] context in
            guard let self else { return }
            timers[timer] = nil
            let silence = SilenceLimit(seconds: fleet.settings.timeouts.link)
            if timer == .silence, let contact, let rest = silence.rest(lastHeard: contact.lastHeard, now: context.now) {
                schedule(timer, after: rest, context)
            } else {
                handle(.timer(timer), context)
            }
        }
    }

    private func finish(_ context: LoopContext) {
        if let waiting { pool(context).cancel(waiting) }
        closeLink(context)
        context.local(FlightDrivers.init).byToken[order.token] = nil
        let speedFactor = order.plan.speedFactor ?? 1, share = fleet.settings.leastSpeedShare
        let findings = Verdict.Findings(
            timeouts: fleet.settings.timeouts, missionStderr: order.files.stderr, vehicleLog: vehicleFiles?.stdout ?? "",
            hasFlightLog: vehicleFiles.map { !$0.flightLogs().isEmpty } ?? false, expectsFlightLog: order.plan.logsFromStart,
            sensors: sensors.finding, readiness: order.plan.readiness, unhealthy: sensors.unhealthy.map(\.name), mute: mute,
            hindrances: pool(context).hindrances, collision: collision, partner: partner,
            pace: share.flatMap { pace.finding(speedFactor: speedFactor, leastShare: $0) }, maxRSSBytes: maxRSSBytes)
        state.finish(
            JobState.Result(
                exit: Verdict.exit(flight.end ?? .terminated, findings),
                warnings: order.plan.warnings + [pace.warning(speedFactor: speedFactor), sensors.warning].compactMap(\.self) + leftovers,
                vehicle: vehicleFiles, flown: pace.stretch))
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
            tap = TelemetryTap()
            try openLink(instance, context)
            vehicle = try start(VehicleLaunch.px4(instance, order, fleet.settings, files), context) { [weak self] end, context in
                guard let self else { return }
                vehicle = nil
                let collision = flight.phase == .booting ? noteCollision(instance, files) : nil
                // PX4 refuses in the air. That it has landed may still be on its way here.
                if end.exitCode == 0, sensors.hasLanded || sensors.hasFlown && files.showsShutdown() {
                    handle(.vehicleShutDown(end), context)
                } else {
                    handle(.vehicleEnded(end, collision: collision != nil), context)
                }
            }
        } catch {
            handle(.notStarted(.px4, error), context)
        }
    }

    private func startMission(_ context: LoopContext) {
        guard let instance = flight.instance else { return }
        do throws(EngineError) {
            mission = try start(VehicleLaunch.mission(instance, order, fleet.settings), context) { [weak self] end, context in
                guard let self else { return }
                mission = nil
                // The mission's own sockets are gone with it.
                if end.exitCode != 0 { partner = InstanceProbe.partner(instance)?.description }
                handle(.missionEnded(end), context)
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
            if let self {
                maxRSSBytes = max(maxRSSBytes, end.maxRSSBytes)
                leftovers += end.leftovers.warnings
            }
            onEnd(end, context)
        }
    }

    /// What shows that PX4's number is another's as well, which is kept for a message.
    private func noteCollision(_ instance: Instance, _ files: VehicleFiles) -> String? {
        // Two that start at once both give up, in words that say little: then the number is still the other's.
        let found = files.showsCollision() ? "PX4 \(instance.number) says so" : InstanceProbe.remainder(instance)?.description
        collision = found ?? collision
        return found
    }

    /// From before PX4's start on, so that nobody else speaks there first.
    private func openLink(_ instance: Instance, _ context: LoopContext) throws(EngineError) {
        closeLink(context)
        // Slow time makes slow answers.
        let patience = UInt64(Self.patienceSeconds / min(1, order.plan.speedFactor ?? 1) * 1e9)
        do {
            contact = try GroundContact(instance, patience: patience, context) { [weak self] context, frame in
                self?.take(frame, context)
            } onLost: { [weak self] context in
                self?.collision = "\(Self.description(of: Instance.stationPort)) and took the engine's link"
                self?.handle(.linkTaken, context)
            }
        } catch {
            throw EngineError.resources("cannot open PX4's ground link: \(error)")
        }
    }

    /// A PX4 that listens answers within some hundredths of one.
    private static let patienceSeconds = 3.0

    private func closeLink(_ context: LoopContext) {
        guard let contact else { return }
        mutePort = contact.isHeard ? nil : contact.link.instance.groundPort
        contact.close(context)
        self.contact = nil
    }

    /// Why PX4 was not heard, as far as can be told; nil: it was.
    private var mute: String? {
        mutePort.map { port in
            let station = UDPPort(Instance.stationPort)
            return "it was not heard on its ground link, UDP port \(port)"
                + (station.isFree(on: .loopback) ? "" : ", and \(Self.description(of: station.number))")
        }
    }

    private static func description(of stationPort: UInt16) -> String {
        "UDP port \(stationPort), where PX4 looks for a ground station, is bound by \(UDPPort(stationPort).holder)"
    }

    private func take(_ frame: MAVLinkFrame, _ context: LoopContext) {
        guard contact != nil else { return }
        let samples = tap.samples(of: frame)
        if flight.isTelemetryWanted {
            // First of all: a stopping condition may hang on it.
            fleet.host.emit(job: order.token, samples)
            if flight.phase == .flying { pace.note(simulated: tap.simTime, wall: context.now) }
        }
        switch frame.messageID {
        case SysStatus.id: take(SystemStatus(SysStatus(frame)), context)
        case ExtendedSysState.id: sensors.note(landedState: ExtendedSysState(frame).landedState)
        case SystemTime.id: tap.note(simTime: Double(SystemTime(frame).timeBootMs) / 1000)
        case ParamValue.id:
            let parameter = ParamValue(frame)
            if let value = parameter.value { handle(.parameter(name: parameter.paramID, value), context) }
        default: break
        }
        if flight.phase == .booting, tap.simTime > fleet.settings.timeouts.bootSimulated { handle(.notReady, context) }
    }

    private func take(_ status: SystemStatus, _ context: LoopContext) {
        sensors.note(status, isMissionOn: flight.phase == .flying)
        guard flight.phase == .booting, order.plan.readiness.isMet(by: status), let instance = flight.instance else { return }
        contact?.stopKnocking(context)
        if vehicleFiles?.showsCollision() ?? false {
            collision = "PX4 \(instance.number) says so"
        } else {
            collision = InstanceProbe.partner(instance)?.description
        }
        handle(.ready(collision: collision != nil), context)
        // Behind the questions for parameters.
        if flight.isTelemetryWanted { contact.map { ask($0.link) } }
    }

    /// The rates of the table, and silence of what PX4 sends there beside it.
    private func ask(_ link: GroundLink) {
        for source in TelemetryTable.sources { source.hertz.map { link.request(source.id, hertz: $0) } }
        for message in TelemetryTable.unwanted { link.request(message, hertz: 0) }
    }
}
