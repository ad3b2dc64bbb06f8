import LynxModel

/// Which part of the configuration an engine gets.
enum EngineSettings {
    /// What every engine gets, the fields named after the engine, and its own section of `engine_options`.
    static func make(for engine: String, _ configuration: RunnerConfiguration) -> [String: String] {
        var settings = [
            "python_executable": configuration.pythonExecutable,
            "working_directory": configuration.workingDirectory,
            "log_capture_bytes": String(configuration.logCaptureBytes),
        ]
        if engine == "basilisk" { settings["basilisk_entrypoint"] = configuration.basiliskEntrypoint }
        for (key, value) in configuration.engineOptions[engine] ?? [:] {
            settings[key] =
                switch value {
                case .integer(let number): String(number)
                case .number(let number): String(number)
                case .string(let text): text
                case .bool(let flag): flag ? "true" : "false"
                }
        }
        return settings
    }
}
