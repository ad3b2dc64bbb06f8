/// What a runner runs besides the default scenarios of its engines.
public struct RunnerOffer: Codable, Hashable, Sendable {
    public var scenarios: [RunnerScenario]
    /// The simulation types for which it runs code that comes with a batch.
    public var bundleTypes: [String]
    /// The supported simulation types that it runs only with a scenario's name or a bundle, as their engine has no default.
    public var scenarioOnly: [String]
    /// The ids of the engines whose simulations it runs in container images; nil: none. Since 1.7.
    public var containerEngines: [String]?

    public init(
        scenarios: [RunnerScenario] = [], bundleTypes: [String] = [], scenarioOnly: [String] = [], containerEngines: [String]? = nil
    ) {
        self.containerEngines = containerEngines
        self.scenarios = scenarios
        self.bundleTypes = bundleTypes
        self.scenarioOnly = scenarioOnly
    }

    /// The most entries of each list.
    package static let most = 256

    private enum CodingKeys: String, CodingKey {
        case scenarios
        case bundleTypes = "bundle_types"
        case scenarioOnly = "scenario_only"
        case containerEngines = "container_engines"
    }
}

/// A named scenario of a runner.
public struct RunnerScenario: Codable, Hashable, Sendable {
    public var name: String
    public var engine: String
    /// SHA-256 of its settings and of the files that they name: the same on two runners only if they run the same. Nil while
    /// a file cannot be read.
    public var sha256: String?
    /// Why the runner starts no jobs of it now; nil if it does.
    public var trouble: String?
    /// Why it runs only in container images, such as a program that this machine does not have; nil if it runs without. Since 1.7.
    public var needsImage: String?

    public init(name: String, engine: String, sha256: String? = nil, trouble: String? = nil, needsImage: String? = nil) {
        self.needsImage = needsImage
        self.name = name
        self.engine = engine
        self.sha256 = sha256
        self.trouble = trouble
    }

    private enum CodingKeys: String, CodingKey {
        case name, engine, sha256, trouble
        case needsImage = "needs_image"
    }
}

/// What a runner must offer to be given a job. The text is what queues are sorted by.
package enum JobRoute: Hashable, Sendable {
    /// The default scenario of an engine, or of those with a tag.
    case type(String)
    case scenario(String)
    /// Code that comes with the batch, by an engine.
    case bundle(type: String)
    /// One of the others, in the container image of the batch.
    indirect case container(JobRoute)

    private static let containerPrefix = "container:"
    private static let scenarioPrefix = "scenario:"
    private static let bundlePrefix = "bundle:"

    /// Types, scenarios' names and engine ids have no colon.
    package var text: String {
        switch self {
        case .type(let type): type
        case .scenario(let name): Self.scenarioPrefix + name
        case .bundle(let type): Self.bundlePrefix + type
        case .container(let route): Self.containerPrefix + route.text
        }
    }

    /// The route without the image.
    package var uncontained: JobRoute { if case .container(let route) = self { route.uncontained } else { self } }

    package init(text: String) {
        if text.hasPrefix(Self.containerPrefix) {
            self = .container(JobRoute(text: String(text.dropFirst(Self.containerPrefix.count))))
        } else if text.hasPrefix(Self.scenarioPrefix) {
            self = .scenario(String(text.dropFirst(Self.scenarioPrefix.count)))
        } else if text.hasPrefix(Self.bundlePrefix) {
            self = .bundle(type: String(text.dropFirst(Self.bundlePrefix.count)))
        } else {
            self = .type(text)
        }
    }
}

extension RunnerOffer {
    /// All that a runner with these types can be given.
    package func routes(types: [String]) -> [JobRoute] {
        let routes: [JobRoute] =
            types.filter { !$0.contains(":") && !scenarioOnly.contains($0) }.map { .type($0) }
            + scenarios.filter { $0.trouble == nil }.map { .scenario($0.name) }
            + bundleTypes.map { .bundle(type: $0) }
        return routes.filter { !needsImage($0) } + routes.filter { runsInContainers($0) }.map { .container($0) }
    }

    /// Whether it runs the jobs of a route only in container images.
    package func needsImage(_ route: JobRoute) -> Bool {
        guard case .scenario(let name) = route else { return false }
        return scenarios.contains { $0.name == name && $0.needsImage != nil }
    }

    /// Whether it runs the jobs of a route, if it is given them at all, in container images.
    package func runsInContainers(_ route: JobRoute) -> Bool {
        guard let containerEngines, !containerEngines.isEmpty else { return false }
        return switch route.uncontained {
        case .scenario(let name): scenarios.contains { $0.name == name && containerEngines.contains($0.engine) }
        // A tag that is no engine's id leads to an engine that only the runner knows.
        case .type(let type), .bundle(let type): containerEngines.contains(type)
        case .container: false
        }
    }
}
