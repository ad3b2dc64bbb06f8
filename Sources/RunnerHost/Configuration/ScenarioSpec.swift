import LynxDocument
package import LynxModel

/// A named scenario as the configuration describes it.
package struct ScenarioSpec: Hashable, Sendable {
    /// Nil for the engine that the options are recognised by, or else the default.
    package var engine: String?
    /// What the engine starts; nil where an option says it.
    package var entrypoint: String?
    /// Nil for the runner's.
    package var workingDirectory: String?
    /// Nil for the runner's.
    package var pythonExecutable: String?
    /// What it adds to the environment.
    package var variables: [String: String]
    /// The options of the engine, in addition to those of its section of `engine_options`.
    package var options: [String: EngineOption]
    /// Whether its simulations run in a sandbox; nil for the runner's `sandbox`.
    package var isSandboxed: Bool?

    package init(
        engine: String? = nil, entrypoint: String? = nil, workingDirectory: String? = nil, pythonExecutable: String? = nil,
        variables: [String: String] = [:], options: [String: EngineOption] = [:], isSandboxed: Bool? = nil
    ) {
        self.isSandboxed = isSandboxed
        self.engine = engine
        self.entrypoint = entrypoint
        self.workingDirectory = workingDirectory
        self.pythonExecutable = pythonExecutable
        self.variables = variables
        self.options = options
    }

    /// The fields that are no options of its engine.
    static let ownFields: Set = ["engine", "entrypoint", "working_directory", "python_executable", "env", "sandbox"]
}

extension ScenarioSpec: YAMLRenderable {
    var yaml: String {
        let fields = [
            "engine": engine?.yaml, "entrypoint": entrypoint?.yaml, "working_directory": workingDirectory?.yaml,
            "python_executable": pythonExecutable?.yaml, "env": variables.isEmpty ? nil : variables.yaml,
            "sandbox": isSandboxed?.yaml,
        ].compactMapValues { $0 }.merging(options.mapValues(\.yaml)) { own, _ in own }
        return "{\(fields.sorted { $0.key < $1.key }.map { "\($0.key.yaml): \($0.value)" }.joined(separator: ", "))}"
    }
}

extension FieldType where Value == [String: ScenarioSpec] {
    static var scenarios: FieldType { dictionary(of: .scenario, named: "scenario names to scenarios", key: .identifier) }
}

extension FieldType where Value == ScenarioSpec {
    fileprivate static var scenario: FieldType {
        .mapping("a scenario") { fields in
            let engine = fields.optional("engine", .identifier, "The engine that runs it.")
            let entrypoint = fields.optional("entrypoint", .path, "What the engine starts.")
            let workingDirectory = fields.optional("working_directory", .path, "The working directory of its simulations.")
            let python = fields.optional("python_executable", .path, "Its Python interpreter.")
            let variables = fields.optional("env", .environment, "Variables for its environment.")
            let isSandboxed = fields.optional("sandbox", .bool, "Whether its simulations run in a sandbox; as the runner's sandbox if left out.")
            guard let options = fields.others(.engineOption, key: .line(), "An option of the engine.") else { return nil }
            return ScenarioSpec(
                engine: engine, entrypoint: entrypoint, workingDirectory: workingDirectory, pythonExecutable: python, variables: variables ?? [:],
                options: options, isSandboxed: isSandboxed)
        }
    }
}
