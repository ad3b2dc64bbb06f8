import EngineABI
package import EngineKit
import EventLoop

/// Flies PX4 software-in-the-loop: one PX4 process and one mission for each job.
package struct PX4SITLEngine: Engine {
    package static let id = "px4_sitl"
    package static let displayName = "PX4 SITL"
    package static let version = "1.0.0"

    private let fleet: Fleet

    package static var configuration: [ConfigurationKey]? { PX4Options.all }

    package static func mostJobs(_ settings: EngineSettings, processors: Int) -> Int? {
        PX4Options.mostVehicles(settings, processors: processors)
    }

    package static func namesScenario(_ settings: EngineSettings) -> Bool { settings[PX4Options.entrypoint.key.key] != nil }

    package init(host: HostHandle, settings: EngineSettings) throws(EngineError) {
        guard host.abiMinor >= 1 else {
            throw EngineError(lynx_status(LYNX_E_UNSUPPORTED), "this host speaks version 1.0 of the engine ABI; the engine needs 1.1: update runner-host")
        }
        let settings = try PX4Settings(settings) { host.log(.warning, $0) }
        if settings.speedFactor != nil { try PX4Settings.checkCalculator() }
        do {
            fleet = Fleet(host: host, settings: settings, loop: try EventLoop(name: "px4-io"))
        } catch {
            throw .resources("cannot start the engine's thread: \(error)")
        }
    }

    package func prepare(_ request: JobRequest) throws(EngineError) -> any EngineJob {
        let settings = fleet.settings
        let plan = try FlightPlan(
            runConfigJSON: request.runConfigJSON, defaults: settings.defaultParameters, defaultSpeedFactor: settings.speedFactor,
            defaultReadiness: settings.readiness, list: settings.installation.parameters, isSIH: settings.isSIH)
        if plan.speedFactor != nil { try PX4Settings.checkCalculator() }
        let files = JobFiles(directory: request.directory, temporary: request.temporaryDirectory)
        try files.create(runConfigJSON: request.runConfigJSON)
        return try PX4Job(
            FlightOrder(token: request.token, files: files, plan: plan, telemetryURL: request.telemetryURL), fleet: fleet)
    }
}
