import EngineABI

/// The settings of `lynx_engine_config` or of a job's scenario, by key.
public struct EngineSettings: Hashable, Sendable {
    private var values: [String: String]

    public init(_ values: [String: String]) { self.values = values }

    init(_ settings: UnsafeBufferPointer<lynx_setting>) {
        values = [:]
        for setting in settings { values[String(lynx: setting.key)] = String(lynx: setting.value) }
    }

    /// The keys of the engine's own settings; without those that are the same for
    /// all engines' scenarios: `env`, `scenarios` and `in_container`.
    public var keys: [String] {
        values.keys.filter { $0 != Self.scenarios && $0 != Self.inContainer && !$0.hasPrefix(Self.environmentPrefix) }.sorted()
    }

    /// The value of a setting; nil if it is absent or empty.
    public subscript(key: String) -> String? {
        guard let value = values[key], !value.isEmpty else { return nil }
        return value
    }

    /// The elements of a list, which are the settings `key.0`, `key.1` and so on, or a single value in its place; nil if there
    /// is neither.
    public func list(_ key: String) -> [String]? {
        if let single = values[key] { return [single] }
        var elements: [String] = []
        while let element = values["\(key).\(elements.count)"] { elements.append(element) }
        return elements.isEmpty ? nil : elements
    }

    /// The settings in a group, by their names in it.
    public func group(_ key: String) -> EngineSettings {
        let prefix = key + "."
        let members = values.filter { $0.key.hasPrefix(prefix) }.map { (String($0.key.dropFirst(prefix.count)), $0.value) }
        return EngineSettings(Dictionary(uniqueKeysWithValues: members))
    }

    /// The variables that the scenario adds to the simulation's environment.
    public var environment: [String: String] { group("env").values }

    /// Whether jobs may come with settings of their own.
    var hasScenarios: Bool { values[Self.scenarios] == "true" }

    /// Whether programs and scripts are those of a container image, and not of this machine.
    public var areInContainer: Bool { values[Self.inContainer] == "true" }

    private static let scenarios = "scenarios"
    private static let inContainer = "in_container"
    private static let environmentPrefix = "env."
}
