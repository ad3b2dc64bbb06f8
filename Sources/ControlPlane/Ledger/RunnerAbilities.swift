import LynxDocument
import LynxModel

/// What a runner can be given, whether it takes jobs at present or not.
struct RunnerAbilities: Hashable, Sendable {
    var capabilities: RunnerCapabilities
    var offer: RunnerOffer

    init(capabilities: RunnerCapabilities, offer: RunnerOffer = RunnerOffer()) {
        self.capabilities = capabilities
        self.offer = offer
    }

    init(_ runner: Runner) {
        self.init(capabilities: runner.capabilities, offer: runner.offer)
    }

    /// - Parameter type: the text of a `JobRoute`.
    func runs(_ type: String) -> Bool {
        switch JobRoute(text: type) {
        case .type(let type): capabilities.supportedSimulationTypes.contains(type) && !offer.scenarioOnly.contains(type)
        case .scenario(let name): offer.scenarios.contains { $0.name == name && $0.needsImage == nil }
        case .bundle(let type): offer.bundleTypes.contains(type)
        case .container(let route): (runs(route.text) || offer.needsImage(route)) && offer.runsInContainers(route)
        }
    }
}

extension JobRoute {
    private static let mostNames = 20

    /// Why none of these runners, of which there are some, can be given such a job.
    func obstacle(among runners: [RunnerAbilities]) -> String {
        switch self {
        case .type(let type):
            let types = Set(runners.flatMap(\.capabilities.supportedSimulationTypes))
            guard !types.contains(type) else {
                let names = Set(runners.flatMap(\.offer.scenarios).filter { $0.engine == type }.map(\.name))
                return "no registered runner of '\(type)' has a default scenario; name one with simulation.scenario, there are: \(Self.list(names))"
            }
            return "no registered runner runs simulation type '\(type)'; registered: \(Self.list(types))"
        case .scenario(let name):
            let scenarios = runners.flatMap(\.offer.scenarios)
            if let reason = scenarios.first(where: { $0.name == name })?.needsImage {
                return "no registered runner runs the scenario '\(name)' without a container image (\(reason)); name one with compute.container.image"
            }
            let names = Set(scenarios.map(\.name))
            let guess = Suggestion.closest(to: name, among: names.sorted()).map { "did you mean '\($0)'? " } ?? ""
            return "no registered runner has the scenario '\(name)'; \(guess)there are: \(Self.list(names))"
        case .bundle(let type):
            let isKnown = runners.contains { $0.capabilities.supportedSimulationTypes.contains(type) }
            guard isKnown else { return JobRoute.type(type).obstacle(among: runners) }
            return "no registered runner of '\(type)' runs code that comes with a batch; 'allow_bundles: true' in its configuration lets it"
        case .container(let route):
            let able = runners.filter { $0.runs(route.text) }
            guard !able.isEmpty else { return route.obstacle(among: runners) }
            return "no registered runner of '\(route.text)' runs container images; 'container_runtime' in its configuration lets one that has podman or apptainer, "
                + "and without compute.container.image it needs none"
        }
    }

    private static func list(_ names: Set<String>) -> String {
        if names.isEmpty { return "none" }
        return names.sorted().prefix(mostNames).joined(separator: ", ") + (names.count > mostNames ? ", …" : "")
    }
}
