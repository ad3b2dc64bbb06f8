package import LynxModel

/// One entry of an engine's section of `engine_options`: a value, or values under names of their own.
package enum EngineOption: Hashable, Sendable {
    case value(ParameterValue)
    case group([String: ParameterValue])
}

extension EngineOption: YAMLRenderable {
    var yaml: String {
        switch self {
        case .value(let value): value.yaml
        case .group(let values): values.yaml
        }
    }
}

extension FieldType where Value == EngineOption {
    static var engineOption: FieldType {
        // An engine gets them as text, where 2.0 for 2 would be no whole number.
        let value: FieldType<ParameterValue> = .parameterValue.map { value -> ParameterValue in
            guard case .number(let number) = value, let whole = Int64(exactly: number) else { return value }
            return .integer(whole)
        }
        let group: FieldType<[String: ParameterValue]> = .dictionary(of: value, named: "names to values", key: .line())
        return FieldType(value.expectation) { field, diagnostics in
            if case .mapping = field.node.content { return group.read(field, diagnostics).map { .group($0) } }
            return value.read(field, diagnostics).map { .value($0) }
        }
    }
}

extension FieldType where Value == [String: [String: EngineOption]] {
    static var engineOptions: FieldType {
        let options: FieldType<[String: EngineOption]> = .dictionary(of: .engineOption, named: "option names to values", key: .line())
        return dictionary(of: options.checked(limitProblem), named: "engine ids to options", key: .identifier)
    }

    /// The one option that is the host's own.
    @Sendable private static func limitProblem(_ options: [String: EngineOption]) -> String? {
        guard let limit = options[RunnerConfiguration.engineLimitKey] else { return nil }
        if case .value(.integer(1...4096)) = limit { return nil }
        return "\(RunnerConfiguration.engineLimitKey) is \(limit.yaml); give a whole number from 1 to 4096"
    }
}

extension RunnerConfiguration {
    static let engineLimitKey = "max_concurrent_jobs"

    /// How many jobs of each engine may run at the same time, by engine id; engines that are absent have no limit of their own.
    ///
    /// PX4's vehicles have one where none is given: with fewer processors than they take, other flights come out, not slower ones.
    package func engineLimits(processors: Int) -> [String: Int] {
        var limits = engineOptions.compactMapValues { options -> Int? in
            if case .value(.integer(let limit)) = options[Self.engineLimitKey] { Int(limit) } else { nil }
        }
        let vehicles = "px4_sitl"
        if engines.contains(vehicles), limits[vehicles] == nil { limits[vehicles] = Int(Double(processors) * vehiclesPerProcessor) }
        return limits
    }

    /// A processor carries one vehicle at a speed factor of 10 or more, and more at lower ones.
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
