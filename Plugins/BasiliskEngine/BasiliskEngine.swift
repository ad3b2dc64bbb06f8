package import EngineKit

/// Runs a Python scenario, such as one built on Basilisk, with one interpreter per job, as if the entrypoint had been started
/// directly.
package struct BasiliskEngine: Engine {
    package static let id = "basilisk"
    package static let displayName = "Basilisk"
    package static let version = "1.0.0"
    package static let stopsSoftly = true
    package static let confinesCommands = true

    let host: HostHandle
    let scenario: Scenario
    /// Nil if every job is started cold.
    let warm: WarmScenario?
    private let isWarmWanted: Bool
    let check: CheckSettings

    private static let entrypoint = Setting.path(
        "basilisk_entrypoint", traits: [.fromRunner, .entrypoint], "The Python scenario that each job runs.")

    package static var configuration: [ConfigurationKey]? { [entrypoint.key] + ScriptSettings.all }

    package static func namesScenario(_ settings: EngineSettings) -> Bool { settings[entrypoint.key.key] != nil }

    package init(host: HostHandle, settings: EngineSettings) throws(EngineError) {
        try self.init(host: host, settings: settings, entrypoint: Self.entrypoint)
    }

    /// - Parameter setting: the one that names the script.
    init(host: HostHandle, settings: EngineSettings, entrypoint setting: Setting<String?>) throws(EngineError) {
        self.host = host
        let entrypointSetting = setting.key.key
        let isInside = settings.areInContainer
        let python = try ProgramLookup.executable(settings["python_executable"] ?? "python3", setting: "python_executable", inContainer: isInside)
        guard let entrypoint = try setting.value(in: settings) else {
            throw .invalid("\(entrypointSetting): missing; give the path of the Python scenario that each job runs")
        }
        scenario = Scenario(
            python: python, entrypoint: try ProgramLookup.file(entrypoint, setting: entrypointSetting, inContainer: isInside),
            workingDirectory: try ProgramLookup.directory(settings["working_directory"] ?? ".", setting: "working_directory", inContainer: isInside),
            captureBytes: settings["log_capture_bytes"].flatMap(UInt64.init) ?? 10 << 20,
            hasPrivateSharedMemory: try PrivateSharedMemory.isWanted(settings), variables: settings.environment)
        check = try CheckSettings(settings)
        isWarmWanted = try ScriptSettings.warmWorkers.value(in: settings) && !isInside
        warm =
            isWarmWanted && !scenario.hasPrivateSharedMemory
            ? WarmScenario(host: host, scenario: scenario, settings: check, options: settings, stateDirectory: settings["state_directory"]) : nil
    }

    package func start() { warm?.start() }

    package var warmWorkers: [WarmWorker] {
        if let warm { return [warm.status] }
        guard isWarmWanted else { return [] }
        let reason = "with private_dev_shm, as a job would not find there what the imports of a warm parent have put into /dev/shm"
        return [WarmWorker(state: .off, entrypoint: scenario.entrypoint, message: reason)]
    }

    package func retire() { warm?.retire() }

    package func prepare(_ request: JobRequest) throws(EngineError) -> any EngineJob {
        let files = JobFiles(directory: request.directory, temporary: request.temporaryDirectory)
        try files.create(runConfigJSON: request.runConfigJSON)
        var scenarioRequest = scenario.request(files, telemetryURL: request.telemetryURL)
        scenarioRequest.confinement = request.confinement
        // What a launcher starts is no copy of a process of this machine.
        let warm = request.confinement.hasLauncher ? nil : warm
        warm?.waitUntilReady()
        let isChecked = warm.map { check.applies(toRun: request.runConfigJSON, cost: $0.costOfCheck) } ?? false
        return ScriptJob(
            host: host, token: request.token, files: files, request: scenarioRequest,
            configuration: request.runConfigJSON, warm: warm,
            check: isChecked ? check : nil)
    }
}
