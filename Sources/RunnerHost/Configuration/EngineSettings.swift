import LynxModel

/// Selects the part of the configuration that an engine receives.
package enum EngineSettings {
    /// The settings of every engine, the runner's fields that this engine declares, and its own section of `engine_options`.
    ///
    /// - Parameters:
    ///   - declaration: nil for an engine that does not declare its configuration.
    ///   - expectedJobs: the number of jobs to expect, if known.
    static func make(
        for engine: String, _ declaration: EngineDeclaration?, _ configuration: RunnerConfiguration, expectedJobs: Int? = nil
    ) -> [String: String] {
        make(for: engine, fields: declaration?.fromRunner, configuration, expectedJobs: expectedJobs)
    }

    /// - Parameter wanted: the runner's fields that the engine declares; nil if it does not declare its configuration.
    package static func make(
        for engine: String, fields wanted: [String]?, _ configuration: RunnerConfiguration, expectedJobs: Int? = nil
    ) -> [String: String] {
        var settings = [
            "python_executable": configuration.pythonExecutable,
            "working_directory": configuration.workingDirectory,
            "log_capture_bytes": String(configuration.logCaptureBytes),
            "state_directory": configuration.stateDirectory,
        ]
        if configuration.hasPrivateSharedMemory { settings["private_dev_shm"] = "true" }
        for key in wanted ?? fields(of: engine, configuration) {
            settings[key] =
                if key == self.expectedJobs {
                    expectedJobs.map(String.init)
                } else if let field = RunnerField.named(key) {
                    field.text(configuration)
                } else {
                    configuration.engineFields[key]
                }
        }
        let options = (configuration.engineOptions[engine] ?? [:]).filter { !RunnerConfiguration.hostKeys.contains($0.key) }
        return settings.merging(options.settings) { $1 }
    }

    /// The settings of an engine for one scenario, in place of those of the configuration.
    ///
    /// - Throws: if it sets what only the runner's own fields set.
    static func make(
        for scenario: ScenarioSpec, of engine: String, _ declaration: EngineDeclaration?, _ configuration: RunnerConfiguration,
        expectedJobs: Int? = nil
    ) throws(EngineFailure) -> [String: String] {
        if let name = scenario.options.settings.keys.sorted().first(where: { hostSettings.contains($0) || $0 == declaration?.entrypoint }) {
            throw EngineFailure(
                kind: .invalid, message: "\(name): is not an option of the engine \(engine); it is a field of the runner's configuration")
        }
        var configuration = configuration
        configuration.pythonExecutable = scenario.pythonExecutable ?? configuration.pythonExecutable
        configuration.workingDirectory = scenario.workingDirectory ?? configuration.workingDirectory
        configuration.engineOptions[engine, default: [:]].merge(scenario.options) { $1 }
        var settings = make(for: engine, declaration, configuration, expectedJobs: expectedJobs)
        settings[declaration?.entrypoint ?? "entrypoint"] = scenario.entrypoint
        for (name, value) in scenario.variables { settings["env.\(name)"] = value }
        return settings
    }

    /// Since version 1.0 of the ABI, an engine gets the fields whose names begin with its id.
    private static func fields(of engine: String, _ configuration: RunnerConfiguration) -> [String] {
        (RunnerField.all.map(\.key) + configuration.engineFields.keys).filter { $0.hasPrefix(fieldPrefix(of: engine)) }
    }

    /// How the names of the fields begin that an engine gets if it declares nothing.
    static func fieldPrefix(of engine: String) -> String { engine + "_" }

    private static let expectedJobs = "expected_jobs"

    /// Those that have fields of their own in the configuration of a runner or of a scenario.
    static let hostSettings = RunnerConfiguration.hostKeys.union([
        "python_executable", "working_directory", "log_capture_bytes", "state_directory", "private_dev_shm", expectedJobs, "scenarios",
    ])
}
