import LynxDocument

/// What a batch simulates, and what runs it: an engine's default scenario, a named scenario, or code that comes with the batch.
public struct SimulationSpec: Codable, Hashable, Sendable {
    public var name: String
    public var version: String
    /// Which engine, or which capability tag, runs it; `scenarioType` where `scenario` decides that.
    public var type: String
    public var durationMinutes: Double?
    /// The name of a scenario in the configuration of the runners that are to run it.
    public var scenario: String?
    /// The code that comes with the batch.
    public var bundle: BundleSpec?

    /// The type of a batch that names neither a type nor a scenario.
    package static let defaultType = "basilisk"

    /// The type of a batch that names a scenario: its engine is known to the runner alone.
    public static let scenarioType = "scenario"

    public init(
        name: String, version: String = "1.0", type: String? = nil, durationMinutes: Double? = nil, scenario: String? = nil,
        bundle: BundleSpec? = nil
    ) {
        self.name = name
        self.version = version
        self.type = type ?? (scenario == nil ? Self.defaultType : Self.scenarioType)
        self.durationMinutes = durationMinutes
        self.scenario = scenario
        self.bundle = bundle
    }

    /// What a runner must offer to be given the jobs.
    package var route: JobRoute {
        if let scenario { return .scenario(scenario) }
        return bundle == nil ? .type(type) : .bundle(type: type)
    }

    private enum CodingKeys: String, CodingKey {
        case name, version, type, scenario, bundle
        case durationMinutes = "duration_minutes"
    }
}

extension FieldType where Value == SimulationSpec {
    static var simulation: FieldType {
        mapping("'simulation'") { fields in
            let name = fields.required("name", .shortLine, "The scenario's name, which the simulation is told.")
            let version = fields.optional("version", .numberLikeLine, default: "1.0", "The scenario's version, which the simulation is told.")
            let type = fields.optional(
                "type", .identifier, "The engine that runs it, or a tag in a runner's capabilities; `\(SimulationSpec.defaultType)` if left out. Not with `scenario`.")
            let duration = fields.optional(
                "duration_minutes", .number(above: 0, atMost: TimeLimits.year / 60), "Simulated time, in minutes; what it means is the scenario's to say.")
            let scenario = fields.optional("scenario", .identifier, "A scenario in the configuration of the runners.")
            let bundle = fields.optional("bundle", .bundle, "The code that runs, which comes with the batch.")
            if scenario != nil, bundle != nil {
                fields.report("scenario", "is given beside 'bundle'; keep the one that is to run")
                return nil
            }
            if scenario != nil, let type, type != SimulationSpec.scenarioType {
                fields.report("type", "is given beside 'scenario', which decides what engine runs it; leave 'type' out")
                return nil
            }
            if scenario == nil, type == SimulationSpec.scenarioType {
                fields.report("type", "is 'scenario', but no scenario is named; name it in 'scenario'")
                return nil
            }
            guard let name else { return nil }
            return SimulationSpec(
                name: name, version: version, type: type, durationMinutes: duration, scenario: scenario, bundle: bundle)
        }.named("SimulationSubmission")
    }
}
