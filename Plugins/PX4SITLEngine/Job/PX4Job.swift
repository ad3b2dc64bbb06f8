import EngineABI
import EngineKit
import EventLoop
import Support
import Synchronization

/// One flight: a PX4 and the mission that flies it, run on the engine's loop.
final class PX4Job: EngineJob {
    private let order: FlightOrder
    private let fleet: Fleet
    private let state: AttendedState<FlightResult>
    private let isLaunched = Atomic(false)

    init(_ order: FlightOrder, fleet: Fleet) throws(EngineError) {
        self.order = order
        self.fleet = fleet
        state = try AttendedState()
    }

    deinit { state.terminate() }

    /// Starts nothing itself: the flight first waits for an instance number, which this thread must not do.
    func launch() throws(EngineError) -> LaunchedProcess {
        guard !isLaunched.exchange(true, ordering: .relaxed) else { throw EngineError(lynx_status(LYNX_E_INTERNAL), "the job was launched already") }
        fleet.loop.execute { [order, fleet, state] context in
            FlightDriver(order, fleet, state).launch(context)
        }
        return LaunchedProcess(pid: 0, exitDescriptor: state.exitDescriptor)
    }

    func terminate() {
        state.terminate()
        // From here on the loop decides, as the job may be between two processes.
        fleet.loop.execute { [order] context in
            context.local(FlightDrivers.init).byToken[order.token]?.terminated(context)
        }
    }

    func reap() throws(EngineError) -> SimulationExit {
        guard let result = state.result else { throw EngineError(lynx_status(LYNX_E_INTERNAL), "reap was called before the flight was over") }
        return result.exit
    }

    func collect(into sink: borrowing ArtifactSink) throws(EngineError) {
        let result = state.result
        var problems = result?.warnings ?? []
        if let vehicle = result?.vehicle {
            let logs = vehicle.flightLogs().map { "\(vehicle.directory)/\($0)" }
            if let timeouts = result?.airborne.flatMap({ FlightLogTexts.timeouts(in: logs, during: $0) }) { problems.append(timeouts) }
            problems += FlightArtifacts.add(vehicle, to: order.files.output)
        }
        for problem in problems { sink.warning(problem) }
        var collector = ArtifactCollector()
        try collector.collect(directory: order.files.output, into: sink)
    }
}

/// How a flight has ended.
struct FlightResult: Sendable {
    var exit: SimulationExit
    var warnings: [String]
    var vehicle: VehicleFiles?
    /// The interval of simulated seconds from the first to the last message that the vehicle was off the ground.
    var airborne: ClosedRange<Double>?
}

/// The description of one flight.
struct FlightOrder: Sendable {
    let token: UInt64
    let files: JobFiles
    let plan: FlightPlan
    let telemetryURL: String
}

/// The objects that all flights of the engine share.
struct Fleet: Sendable {
    let host: HostHandle
    let settings: PX4Settings
    let loop: EventLoop
}

/// The flights on a loop by the host's token.
final class FlightDrivers {
    var byToken: [UInt64: FlightDriver] = [:]
}

/// Starts a flight's two programs.
enum VehicleLaunch {
    /// Variables that PX4's start script reads and that must not come from the runner's environment.
    private static let scriptVariables = ["R", "replay", "replay_mode", "ROS_DOMAIN_ID"]

    static func px4(
        _ instance: Instance, _ order: FlightOrder, _ settings: PX4Settings, _ files: VehicleFiles
    ) -> GuardedProcess.Request {
        var environment = base(order, settings).filter { !$0.key.hasPrefix("PX4_") && !scriptVariables.contains($0.key) }
        environment["PX4_SIM_MODEL"] = settings.model
        if settings.isSIH { environment["PX4_SIMULATOR"] = "sihsim" }
        environment.merge(order.plan.environment) { _, own in own }
        return GuardedProcess.Request(
            program: settings.installation.binary,
            // Without -d PX4 reads commands, and uses a whole processor if there are none.
            arguments: ["-d", "-i", "\(instance.number)", "-w", files.directory, settings.installation.etc],
            environment: environment, workingDirectory: files.directory, stdoutPath: files.stdout, stderrPath: files.stderr,
            // With real-time priority PX4's threads would starve those of other vehicles.
            captureBytes: settings.captureBytes, allowsRealtime: false,
            hasPrivateSharedMemory: settings.hasPrivateSharedMemory)
    }

    static func mission(_ instance: Instance, _ order: FlightOrder, _ settings: PX4Settings) -> GuardedProcess.Request {
        var environment = base(order, settings)
        // The output of a killed mission is in its log rather than lost in a buffer.
        environment["PYTHONUNBUFFERED"] = environment["PYTHONUNBUFFERED"] ?? "1"
        environment["LYNX_PX4_MAVLINK_URL"] = "udpout:127.0.0.1:\(instance.missionPort)"
        environment["LYNX_PX4_INSTANCE"] = "\(instance.number)"
        environment["LYNX_PX4_SPEED_FACTOR"] = (order.plan.speedFactor ?? 1).description
        return GuardedProcess.Request(
            program: settings.mission.program, arguments: settings.mission.arguments, environment: environment,
            workingDirectory: settings.workingDirectory, stdoutPath: order.files.stdout, stderrPath: order.files.stderr,
            captureBytes: settings.captureBytes, allowsRealtime: false,
            hasPrivateSharedMemory: settings.hasPrivateSharedMemory)
    }

    /// The environment of both programs. It contains the output directory's path, by which the host recognises the attempt's
    /// processes.
    private static func base(_ order: FlightOrder, _ settings: PX4Settings) -> [String: String] {
        ScenarioEnvironment.make(
            runConfig: order.files.runConfig, telemetryURL: order.telemetryURL, outputDirectory: order.files.output,
            temporaryDirectory: order.files.temporary
        ).merging(settings.variables) { $1 }
    }
}
