import LynxDocument
import LynxModel

extension RunnerConfiguration {
    /// The scenarios, checked by their engines.
    ///
    /// - Parameter engines: those that are loaded and configured.
    /// - Throws: `StartupError` with a line for each scenario that cannot be run.
    func namedScenarios(_ engines: [EngineLibrary], expectedJobs: Int? = nil) throws(StartupError) -> [NamedScenario] {
        var problems: [String] = []
        var found: [NamedScenario] = []
        for (name, spec) in scenarios.sorted(by: { $0.key < $1.key }) {
            var declaration: EngineDeclaration?
            do throws(EngineFailure) {
                let engine = try Self.engine(spec, among: engines)
                declaration = engine.declaration
                let settings = try EngineSettings.make(for: spec, of: engine.id, declaration, self, expectedJobs: expectedJobs)
                let wrong = self.problems(withScenario: name, declaration)
                problems += wrong
                guard wrong.isEmpty else { continue }
                let isSandboxed = spec.isSandboxed ?? isSandboxed
                let needsImage = try whatNeedsImage(spec, settings, engine)
                if needsImage == nil, isSandboxed, let problem = Self.obstacle(toSandboxing: settings, of: engine) {
                    throw EngineFailure(kind: .invalid, message: "sandbox: \(problem); set it to false")
                }
                found.append(NamedScenario(name: name, engine: engine.id, settings: settings, spec: spec, isSandboxed: isSandboxed, needsImage: needsImage))
            } catch {
                let line = located(error.message, in: optionSources.scenarios[name], declaration)
                problems.append(line ?? "\(place(of: name))scenarios.\(name): \(error.message)")
            }
        }
        guard problems.isEmpty else { throw StartupError(problems) }
        return found
    }

    /// Has the engine check a scenario's settings.
    ///
    /// - Returns: why it runs only in container images; nil if it runs without.
    /// - Throws: if it runs neither way.
    private func whatNeedsImage(_ spec: ScenarioSpec, _ settings: [String: String], _ engine: EngineLibrary) throws(EngineFailure) -> String? {
        do throws(EngineFailure) {
            try engine.check(settings)
            return nil
        } catch {
            guard !containerRuntime.isEmpty, engine.confinesCommands, engine.runsScenarios else { throw error }
            try engine.check(settings.inContainer(spec))
            return error.message
        }
    }

    /// Why the simulations of these settings cannot run in a sandbox; nil if they can.
    static func obstacle(toSandboxing settings: [String: String], of engine: EngineLibrary) -> String? {
        guard engine.confinesCommands else { return "the engine '\(engine.id)' cannot run in a sandbox" }
        guard !settings.keys.contains(where: { $0.hasPrefix("servers.") }) else {
            return "the programs of 'servers' would each have a network of their own"
        }
        return nil
    }

    private static func engine(_ spec: ScenarioSpec, among engines: [EngineLibrary]) throws(EngineFailure) -> EngineLibrary {
        let recognising = spec.engine == nil ? engines.filter { $0.declaration?.recognises(spec.options.keys) ?? false } : []
        if recognising.count == 1 { return recognising[0] }
        let id = spec.engine ?? SimulationSpec.defaultType
        if let engine = engines.first(where: { $0.id == id }) { return engine }
        let ids = engines.map(\.id)
        let guess = Suggestion.closest(to: id, among: ids).map { "did you mean '\($0)'? " } ?? ""
        throw EngineFailure(
            kind: .invalid, message: "engine: '\(id)' is not loaded; \(guess)engines lists \(ids.joined(separator: ", "))")
    }

    private func place(of scenario: String) -> String {
        guard case .file(let mark) = source(of: Self.scenarioKey(scenario)) else { return "" }
        return "\(mark.file):\(mark.line):\(mark.column): "
    }

    /// Whether jobs may come with settings of their own, now or after the configuration is read again.
    var mayHaveScenarios: Bool { !scenarios.isEmpty || allowsBundles || source(of: "scenarios") != .default }

    /// The simulation types for which bundles are run: those of the engines that can run more than one scenario.
    func bundleTypes(_ engines: [EngineLibrary]) -> [String] { allowsBundles ? engines.filter(\.runsScenarios).map(\.id) : [] }
}

extension [String: String] {
    /// The settings of an engine for a scenario in a container image, where programs are those of the image.
    func inContainer(_ spec: ScenarioSpec?) -> [String: String] {
        var settings = self
        settings["in_container"] = "true"
        settings["python_executable"] = spec?.pythonExecutable ?? "python3"
        settings["private_dev_shm"] = nil
        return settings
    }
}
