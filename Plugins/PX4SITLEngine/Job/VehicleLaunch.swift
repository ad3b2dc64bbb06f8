import EngineKit

/// How a flight's two programs are started.
enum VehicleLaunch {
    /// Variables that PX4's start script reads and that are none of the runner's own environment's business.
    private static let scriptVariables = ["R", "replay", "replay_mode", "ROS_DOMAIN_ID"]

    static func px4(
        _ instance: Instance, _ order: FlightOrder, _ settings: PX4Settings, _ files: VehicleFiles
    ) -> GuardedProcess.Request {
        var environment = base(order).filter { !$0.key.hasPrefix("PX4_") && !scriptVariables.contains($0.key) }
        environment["PX4_SIM_MODEL"] = settings.model
        if settings.isSIH { environment["PX4_SIMULATOR"] = "sihsim" }
        environment.merge(order.plan.environment) { _, own in own }
        return GuardedProcess.Request(
            program: settings.installation.binary,
            // Without -d it reads commands, and spins when there are none.
            arguments: ["-d", "-i", "\(instance.number)", "-w", files.directory, settings.installation.etc],
            environment: environment, workingDirectory: files.directory, stdoutPath: files.stdout, stderrPath: files.stderr,
            // PX4's threads would take turns by real-time priority, and two vehicles starve each other.
            captureBytes: settings.captureBytes, allowsRealtime: false,
            hasPrivateSharedMemory: settings.hasPrivateSharedMemory)
    }

    static func mission(_ instance: Instance, _ order: FlightOrder, _ settings: PX4Settings) -> GuardedProcess.Request {
        var environment = base(order)
        // What a killed mission had printed is in its log, not lost in a buffer.
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

    /// The output directory's path is in both: by it the host knows a process as one of the attempt's.
    private static func base(_ order: FlightOrder) -> [String: String] {
        ScenarioEnvironment.make(
            runConfig: order.files.runConfig, telemetryURL: order.telemetryURL, outputDirectory: order.files.output,
            temporaryDirectory: order.files.temporary)
    }
}
