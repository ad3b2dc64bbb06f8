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
            do throws(EngineFailure) {
                let settings = try EngineSettings.make(for: spec, self, expectedJobs: expectedJobs)
                try Self.engine(spec, among: engines).check(settings)
                found.append(NamedScenario(name: name, engine: spec.engine, settings: settings))
            } catch {
                problems.append("\(place(of: name))scenarios.\(name): \(Self.message(error, spec))")
            }
        }
        guard problems.isEmpty else { throw StartupError(problems) }
        return found
    }

    private static func engine(_ spec: ScenarioSpec, among engines: [EngineLibrary]) throws(EngineFailure) -> EngineLibrary {
        if let engine = engines.first(where: { $0.id == spec.engine }) { return engine }
        let ids = engines.map(\.id)
        let guess = Suggestion.closest(to: spec.engine, among: ids).map { "did you mean '\($0)'? " } ?? ""
        throw EngineFailure(
            kind: .invalid, message: "engine: '\(spec.engine)' is not loaded; \(guess)engines lists \(ids.joined(separator: ", "))")
    }

    /// The engines have the entrypoint under other names than the scenarios.
    private static func message(_ error: EngineFailure, _ spec: ScenarioSpec) -> String {
        for name in ["basilisk_entrypoint", "px4_entrypoint"] where error.message.hasPrefix(name + ":") {
            return "entrypoint:" + error.message.dropFirst(name.count + 1)
        }
        return error.message
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
