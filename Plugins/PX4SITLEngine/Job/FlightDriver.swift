import EngineKit
import EventLoop
import MAVLink
import Support

/// Performs the actions of `Flight` and reports their outcomes to it. Used on the engine's loop only.
final class FlightDriver {
    private let order: FlightOrder
    private let fleet: Fleet
    private let state: AttendedState<FlightResult>
    private var flight: Flight
    private var tap = TelemetryTap()
    private var sensors: SensorWatch
    private var pace = RealTimeWatch()
    /// Set when the mission starts.
    private var clock: ClockWatch?
    /// How long PX4's clock had stood still when the mission failed; nil if it advanced.
    private var standstill: String?
    private var events: [Flight.Event] = []
    private var isHandling = false
    private var timers: [Flight.Timer: TimerToken] = [:]
    private var waiting: Int?
    private var contact: GroundContact?
    /// A description of the cause of the latest start that was replaced by another number.
    private var collision: String?
    /// The ground link's port if PX4 was not heard; nil if it was.
    private var mutePort: UInt16?
    /// The process that listened where PX4 looked for a mission that failed.
    private var partner: String?
    private var vehicle: AttendedProcess?
    private var mission: AttendedProcess?
    private var vehicleFiles: VehicleFiles?
    private var starts = 0
    private var maxRSSBytes: Int64 = 0
    /// Descriptions of processes that PX4 or the mission left behind.
    private var leftovers: [String] = []

    init(_ order: FlightOrder, _ fleet: Fleet, _ state: AttendedState<FlightResult>) {
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

    /// Handles an event; events that occur meanwhile are queued.
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
            // The request may have been served immediately.
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
            let limit = UInt64(fleet.settings.timeouts.link * 1e9)
            if timer == .silence, let rest = clock?.rest(of: limit, now: context.now) {
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
            hindrances: pool(context).hindrances, collision: collision, partner: partner, standstill: standstill,
            pace: share.flatMap { pace.finding(speedFactor: speedFactor, leastShare: $0) }, maxRSSBytes: maxRSSBytes)
        state.finish(
            FlightResult(
                exit: Verdict.exit(flight.end ?? .terminated, findings),
                warnings: order.plan.warnings + [pace.warning(speedFactor: speedFactor), sensors.warning].compactMap(\.self) + leftovers,
                vehicle: vehicleFiles, airborne: sensors.airborne))
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
                // PX4 refuses to shut down in the air. The message that it has landed may not have arrived yet.
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
        clock = ClockWatch(wall: context.now)
        do throws(EngineError) {
            mission = try start(VehicleLaunch.mission(instance, order, fleet.settings), context) { [weak self] end, context in
                guard let self else { return }
                mission = nil
                if end.exitCode != 0 {
                    // The mission's own sockets have been closed with it.
                    partner = InstanceProbe.partner(instance)?.description
                    if vehicle != nil { standstill = clock?.finding(after: patience, now: context.now) }
                }
                handle(.missionEnded(end), context)
            }
        } catch {
            handle(.notStarted(.mission, error), context)
        }
    }

    private func start(
        _ request: GuardedProcess.Request, _ context: LoopContext, onEnd: @escaping (GuardedProcess.End, LoopContext) -> Void
    ) throws(EngineError) -> AttendedProcess {
        let process = try GuardedProcess(request)
        state.add(process)
        return try AttendedProcess(process, context) { [weak self] end, context in
            self?.state.remove(process)
            if let self {
                maxRSSBytes = max(maxRSSBytes, end.maxRSSBytes)
                leftovers += end.leftovers.warnings
            }
            onEnd(end, context)
        }
    }

    /// A sign that another process uses PX4's number, which is kept for a message.
    private func noteCollision(_ instance: Instance, _ files: VehicleFiles) -> String? {
        // Two that start at the same time both give up with unspecific messages; the number then still belongs to the other.
        let found = files.showsCollision() ? "PX4 \(instance.number) says so" : InstanceProbe.remainder(instance)?.description
        collision = found ?? collision
        return found
    }

    /// Opens the link before PX4's start, so that no other process is first.
    private func openLink(_ instance: Instance, _ context: LoopContext) throws(EngineError) {
        closeLink(context)
        do {
            contact = try GroundContact(instance, patience: patience, context) { [weak self] context, frame in
                self?.receive(frame, context)
            } onLost: { [weak self] context in
                self?.collision = "\(Self.description(of: Instance.stationPort)) and took the engine's link"
                self?.handle(.linkTaken, context)
            }
        } catch {
            throw EngineError.resources("cannot open PX4's ground link: \(error)")
        }
    }

    /// Nanoseconds in which a PX4 that listens replies and one that reports is heard. That takes some hundredths of a second
    /// unless the machine is short of processors.
    private var patience: UInt64 {
        // Replies are slow if simulated time is.
        UInt64(3e9 / min(1, order.plan.speedFactor ?? 1))
    }

    private func closeLink(_ context: LoopContext) {
        guard let contact else { return }
        mutePort = contact.isHeard ? nil : contact.link.instance.groundPort
        contact.close(context)
        self.contact = nil
    }

    /// The likely reason why PX4 was not heard; nil if it was.
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

    private func receive(_ frame: MAVLinkFrame, _ context: LoopContext) {
        guard contact != nil else { return }
        let samples = tap.samples(of: frame)
        if flight.isTelemetryWanted {
            // This comes first, as a stopping condition may depend on it.
            fleet.host.emit(job: order.token, samples)
            if flight.phase == .flying { pace.note(simulated: tap.simTime, wall: context.now) }
        }
        clock?.note(simulated: tap.simTime, wall: context.now)
        switch frame.messageID {
        case SysStatus.id: update(SystemStatus(SysStatus(frame)), context)
        case ExtendedSysState.id: sensors.note(landedState: ExtendedSysState(frame).landedState, at: tap.simTime)
        case SystemTime.id: tap.note(simTime: Double(SystemTime(frame).timeBootMs) / 1000)
        case ParamValue.id:
            let parameter = ParamValue(frame)
            if let value = parameter.value { handle(.parameter(name: parameter.paramID, value), context) }
        default: break
        }
        if flight.phase == .booting, tap.simTime > fleet.settings.timeouts.bootSimulated { handle(.notReady, context) }
    }

    private func update(_ status: SystemStatus, _ context: LoopContext) {
        sensors.note(status, isMissionOn: flight.phase == .flying)
        guard flight.phase == .booting, order.plan.readiness.isMet(by: status), let instance = flight.instance else { return }
        contact?.stopProbing(context)
        if vehicleFiles?.showsCollision() ?? false {
            collision = "PX4 \(instance.number) says so"
        } else {
            collision = InstanceProbe.partner(instance)?.description
        }
        handle(.ready(collision: collision != nil), context)
        // After the requests for parameters.
        if flight.isTelemetryWanted { contact.map { ask($0.link) } }
    }

    /// Requests the rates of the table, and stops messages that PX4 sends besides.
    private func ask(_ link: GroundLink) {
        for source in TelemetryTable.sources { source.hertz.map { link.request(source.id, hertz: $0) } }
        for message in TelemetryTable.unwanted { link.request(message, hertz: 0) }
    }
}
