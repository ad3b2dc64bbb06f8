import EventLoop
import LynxModel
import Synchronization

/// The scenarios that this runner runs, besides the default scenarios of its engines. A new configuration replaces them; attempts
/// that have begun keep theirs.
package final class ScenarioCatalog: Sendable {
    private struct State: Sendable {
        var scenarios: [String: NamedScenario]
        /// The simulation types for which code is run that comes with a batch.
        var bundleTypes: [String]
        var latest = RunnerOffer()
        var observer: (@Sendable () -> Void)?
    }

    private let state: Mutex<State>
    private let scenarioOnly: [String]
    /// The engines whose simulations are run in container images.
    private let containerEngines: [String]
    private let code = CodeFiles()
    private let threads = CallThreads(name: "lynx-scenarios", most: 1)

    /// The time in which the disks with the scenarios have to respond.
    private static let patience = Duration.seconds(2)

    /// - Parameter scenarioOnly: the types of engines without a default scenario.
    package init(_ scenarios: [NamedScenario] = [], bundleTypes: [String] = [], scenarioOnly: [String] = [], containerEngines: [String] = []) {
        self.containerEngines = containerEngines
        self.scenarioOnly = scenarioOnly
        state = Mutex(State(scenarios: Self.byName(scenarios), bundleTypes: bundleTypes))
    }

    private static func byName(_ scenarios: [NamedScenario]) -> [String: NamedScenario] {
        Dictionary(scenarios.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    subscript(name: String) -> NamedScenario? { state.withLock { $0.scenarios[name] } }

    var names: [String] { state.withLock { $0.scenarios.keys.sorted() } }

    func takesBundles(for type: String) -> Bool { state.withLock { $0.bundleTypes.contains(type) } }

    func hasDefault(for type: String) -> Bool { !scenarioOnly.contains(type) }

    /// The engine of each scenario and bundle type, by the text of its route.
    var engines: [String: String] {
        state.withLock { state in
            let scenarios = state.scenarios.values.map { (JobRoute.scenario($0.name).text, $0.engine) }
            let routes = scenarios + state.bundleTypes.map { (JobRoute.bundle(type: $0).text, $0) }
            let contained = (routes + containerEngines.map { ($0, $0) }).filter { containerEngines.contains($0.1) }
                .map { (JobRoute.container(JobRoute(text: $0.0)).text, $0.1) }
            return Dictionary(uniqueKeysWithValues: routes + contained)
        }
    }

    /// Replaces all scenarios. Returns the names of those that are new or changed, and of those that are gone.
    func replace(with scenarios: [NamedScenario], bundleTypes: [String]) -> (changed: [String], removed: [String]) {
        let new = Self.byName(scenarios)
        let (old, observer) = state.withLock { state in
            defer {
                state.scenarios = new
                state.bundleTypes = bundleTypes
            }
            return (state.scenarios, state.observer)
        }
        observer?()
        return (new.values.filter { old[$0.name] != $0 }.map(\.name).sorted(), old.keys.filter { new[$0] == nil }.sorted())
    }

    /// Calls `body` after every replacement.
    func observe(_ body: @escaping @Sendable () -> Void) { state.withLock { $0.observer = body } }

    /// What is told to the control plane: with the hashes of what the scenarios are now, or of what they were if the disk does
    /// not respond.
    func offer() async -> RunnerOffer {
        let (scenarios, bundleTypes) = state.withLock { ($0.scenarios.values.sorted { $0.name < $1.name }, $0.bundleTypes) }
        let offer = try? await threads.run(CallPatience(Self.patience), late: { _ in }) { [code, scenarioOnly, containerEngines] in
            RunnerOffer(
                scenarios: scenarios.map { scenario in
                    let hash = scenario.sha256(code)
                    return RunnerScenario(
                        name: scenario.name, engine: scenario.engine, sha256: hash,
                        trouble: scenario.problem?.message ?? (hash == nil ? "one of its files cannot be read" : nil), needsImage: scenario.needsImage)
                },
                bundleTypes: bundleTypes, scenarioOnly: scenarioOnly, containerEngines: containerEngines.isEmpty ? nil : containerEngines)
        }
        return state.withLock { state in
            if let offer { state.latest = offer }
            return state.latest
        }
    }
}
