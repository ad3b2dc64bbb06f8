import LynxModel

/// Selects the part of the configuration that an engine receives.
package enum EngineSettings {
    /// The settings of every engine, the fields specific to this engine, and its own section of `engine_options`.
    ///
    /// - Parameter expectedJobs: the number of jobs to expect, if known.
    package static func make(for engine: String, _ configuration: RunnerConfiguration, expectedJobs: Int? = nil) -> [String: String] {
        var settings = [
            "python_executable": configuration.pythonExecutable,
            "working_directory": configuration.workingDirectory,
            "log_capture_bytes": String(configuration.logCaptureBytes),
            "state_directory": configuration.stateDirectory,
        ]
        if configuration.hasPrivateSharedMemory { settings["private_dev_shm"] = "true" }
        switch engine {
        case "basilisk":
            settings["basilisk_entrypoint"] = configuration.basiliskEntrypoint
            fallthrough
        case "python":
            settings["warm_workers"] = String(configuration.warmWorkers)
            settings["expected_jobs"] = expectedJobs.map(String.init)
        case "px4_sitl":
            settings["px4_binary"] = configuration.px4Binary
            settings["px4_etc"] = configuration.px4Etc
            settings["px4_entrypoint"] = configuration.px4Entrypoint
        default: break
        }
        let options = (configuration.engineOptions[engine] ?? [:]).filter { !RunnerConfiguration.hostKeys.contains($0.key) }
        return settings.merging(options.settings) { $1 }
    }

    /// The settings of an engine for one scenario, in place of those of the configuration.
    ///
    /// - Throws: if it sets what only the runner's own fields set.
    static func make(
        for scenario: ScenarioSpec, _ configuration: RunnerConfiguration, expectedJobs: Int? = nil
    ) throws(EngineFailure) -> [String: String] {
        if let name = scenario.options.settings.keys.sorted().first(where: hostSettings.contains) {
            throw EngineFailure(kind: .invalid, message: "\(name): is not an option of the engine \(scenario.engine); it is a field of the runner's configuration")
        }
        var configuration = configuration
        configuration.pythonExecutable = scenario.pythonExecutable ?? configuration.pythonExecutable
        configuration.workingDirectory = scenario.workingDirectory ?? configuration.workingDirectory
        configuration.basiliskEntrypoint = scenario.entrypoint
        configuration.px4Entrypoint = scenario.entrypoint
        configuration.engineOptions[scenario.engine, default: [:]].merge(scenario.options) { $1 }
        var settings = make(for: scenario.engine, configuration, expectedJobs: expectedJobs)
        let hasFieldOfItsOwn = scenario.engine == "basilisk" || scenario.engine == "px4_sitl"
        if !hasFieldOfItsOwn { settings["entrypoint"] = scenario.entrypoint }
        for (name, value) in scenario.variables { settings["env.\(name)"] = value }
        return settings
    }

    /// Those that have fields of their own in the configuration of a runner or of a scenario.
    private static let hostSettings = RunnerConfiguration.hostKeys.union([
        "python_executable", "working_directory", "log_capture_bytes", "state_directory", "private_dev_shm", "basilisk_entrypoint",
        "expected_jobs", "px4_binary", "px4_etc", "px4_entrypoint", "scenarios",
    ])
}
