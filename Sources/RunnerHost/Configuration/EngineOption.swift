import LynxDocument
import LynxModel

extension EngineOption: YAMLRenderable {
    var yaml: String {
        switch self {
        case .value(let value): value.yaml
        case .list(let elements): elements.yaml
        case .group(let members): members.yaml
        }
    }
}

extension FieldType where Value == [String: [String: EngineOption]] {
    static var engineOptions: FieldType {
        let options: FieldType = dictionary(of: .engineOptionGroup.checked(hostOptionProblem), named: "engine ids to options", key: .identifier)
        return FieldType(options.expectation, schema: options.schema) { field, diagnostics in
            // The engine itself, which gets them as text, knows of no places.
            if case .mapping(let engines) = field.node.content, let entry = engines["command"], case .mapping = entry.value.content {
                let command = FieldType<CommandOptions>.options { $0.optional("command", .command, "The program and its arguments.") ?? [] }
                let place = Field(node: entry.value, path: field.path.appending("command"), mark: entry.keyMark)
                guard command.read(place, diagnostics) != nil else { return nil }
            }
            return options.read(field, diagnostics)
        }
    }

    /// Checks the options that the host itself reads.
    @Sendable private static func hostOptionProblem(_ options: [String: EngineOption]) -> String? {
        for (key, range) in [(RunnerConfiguration.engineLimitKey, 1...4096), (RunnerConfiguration.memoryLimitKey, 64...(1 << 30))] {
            guard let limit = options[key] else { continue }
            if case .value(.integer(let number)) = limit, range.contains(Int(number)) { continue }
            return "\(key) is \(limit.yaml); give a whole number from \(range.lowerBound) to \(range.upperBound)"
        }
        guard let isolation = options[RunnerConfiguration.isolationKey], isolation.isolation == nil else { return nil }
        return "\(RunnerConfiguration.isolationKey) is \(isolation.yaml); give process or in_process"
    }
}

extension EngineOption {
    fileprivate var isolation: EngineIsolation? { if case .value(.string(let text)) = self { EngineIsolation(rawValue: text) } else { nil } }
}

extension RunnerConfiguration {
    static let engineLimitKey = "max_concurrent_jobs"
    static let isolationKey = "isolation"
    static let memoryLimitKey = "memory_limit_mb"
    static let hostKeys: Set = [engineLimitKey, isolationKey, memoryLimitKey]

    /// Where engines run, by engine id; those that are absent have the default.
    package var engineIsolation: [String: EngineIsolation] { engineOptions.compactMapValues { $0[Self.isolationKey]?.isolation } }

    /// The limits in bytes for the memory of the processes that engines run in, by engine id; those that are absent have the
    /// default.
    package var engineMemoryLimits: [String: Int64] {
        engineOptions.compactMapValues { options in
            if case .value(.integer(let limit)) = options[Self.memoryLimitKey] { limit << 20 } else { nil }
        }
    }

    /// The number of jobs of each engine that may run at the same time, by engine id; engines that are absent have no limit of
    /// their own.
    ///
    /// PX4 vehicles have a default limit: with fewer processors than they need, flights have other results, not just a longer
    /// duration.
    package func engineLimits(processors: Int) -> [String: Int] {
        var limits = engineOptions.compactMapValues { options -> Int? in
            if case .value(.integer(let limit)) = options[Self.engineLimitKey] { Int(limit) } else { nil }
        }
        let vehicles = "px4_sitl"
        if engines.contains(vehicles), limits[vehicles] == nil { limits[vehicles] = Int(Double(processors) * vehiclesPerProcessor) }
        return limits
    }

    /// One processor carries one vehicle at a speed factor of 10 or more, and more vehicles at lower factors.
    private var vehiclesPerProcessor: Double {
        let factor: Double? =
            switch engineOptions["px4_sitl"]?["speed_factor"] {
            case .value(.integer(let factor)): Double(factor)
            case .value(.number(let factor)): factor
            default: nil
            }
        return 10 / min(max(factor ?? 1, 1), 10)
    }
}
