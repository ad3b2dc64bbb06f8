import LynxModel

/// Which part of the configuration an engine gets.
enum EngineSettings {
    /// What every engine gets, the fields made for it, and its own section of `engine_options`.
    ///
    /// - Parameter expectedJobs: how many there will be, if that is known.
    static func make(for engine: String, _ configuration: RunnerConfiguration, expectedJobs: Int? = nil) -> [String: String] {
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
            settings["warm_workers"] = String(configuration.warmWorkers)
            settings["expected_jobs"] = expectedJobs.map(String.init)
        case "px4_sitl":
            settings["px4_binary"] = configuration.px4Binary
            settings["px4_etc"] = configuration.px4Etc
            settings["px4_entrypoint"] = configuration.px4Entrypoint
        default: break
        }
        for (key, option) in configuration.engineOptions[engine] ?? [:] where key != RunnerConfiguration.engineLimitKey {
            switch option {
            case .value(let value): settings[key] = text(value)
            case .group(let values): for (name, value) in values { settings["\(key).\(name)"] = text(value) }
            }
        }
        return settings
    }

    private static func text(_ value: ParameterValue) -> String {
        switch value {
        case .integer(let number): String(number)
        case .number(let number): String(number)
        case .string(let text): text
        case .bool(let flag): flag ? "true" : "false"
        }
    }
}
