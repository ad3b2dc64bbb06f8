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
        dictionary(of: .engineOptionGroup.checked(hostOptionProblem), named: "engine ids to options", key: .identifier)
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

    /// The same options as parts of an engine's section, whose values are checked as they are read.
    static var hostKeyTypes: [(String, FieldType<Bool>, String)] {
        let any = FieldType<EngineOption>.engineOption.map { _ in true }
        return [
            (engineLimitKey, any, "A limit on concurrent jobs of the engine: 1 to 4096."),
            (isolationKey, any, "Where the engine runs: process or in_process."),
            (memoryLimitKey, any, "The most memory in MiB of the engine's own process."),
        ]
    }

    /// The number of jobs of each engine that may run at the same time, by engine id; engines that are absent have no limit of
    /// their own. Where the configuration says nothing, the engine does.
    package func engineLimits(of engines: [EngineLibrary], processors: Int) -> [String: Int] {
        var limits: [String: Int] = [:]
        for engine in engines {
            if case .value(.integer(let limit)) = engineOptions[engine.id]?[Self.engineLimitKey] {
                limits[engine.id] = Int(limit)
            } else {
                limits[engine.id] = engine.mostJobs(processors: processors)
            }
        }
        return limits
    }
}
