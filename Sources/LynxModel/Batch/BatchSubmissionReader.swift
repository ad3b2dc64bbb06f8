public import FoundationEssentials

extension BatchSubmission {
    /// Reads and validates a batch file.
    ///
    /// - Throws: everything that is wrong with the file, each with its line and column.
    public static func read(yamlFile path: String) throws(DiagnosticList) -> BatchSubmission {
        try Document.yaml(file: path).read(as: .batchSubmission)
    }

    /// Reads and validates the text of a batch file.
    ///
    /// - Parameter name: what errors call the text.
    public static func read(yaml text: String, name: String) throws(DiagnosticList) -> BatchSubmission {
        try Document.yaml(Array(text.utf8), name: name).read(as: .batchSubmission)
    }

    /// Reads and validates the body of `POST /jobs`, by the same rules.
    ///
    /// - Parameter name: what errors call the body.
    public static func read(json data: Data, name: String = "request body") throws(DiagnosticList) -> BatchSubmission {
        try Document.json(Array(data), name: name).read(as: .batchSubmission)
    }
}

/// Keeps a slip of the finger from filling the ledger.
private let runCounts = 1...1_000_000

extension FieldType where Value == BatchSubmission {
    static var batchSubmission: FieldType {
        .mapping("a batch") { fields in
            let name = fields.required("name", .line())
            let runsOverride = fields.optional("runs_override", .integer(runCounts))
            let config = fields.required("config", .batchConfig)
            guard let name, let config else { return nil }
            return BatchSubmission(name: name, runsOverride: runsOverride, config: config)
        }
    }
}

extension FieldType where Value == BatchConfig {
    static var batchConfig: FieldType {
        .mapping("'config'") { fields in
            let simulation = fields.required("simulation", .simulation)
            let monteCarlo = fields.required("monte_carlo", .monteCarlo)
            let dispersions = fields.optional("dispersions", .dictionary(of: .dispersion, named: "parameters to dispersions", key: .line()))
            let compute = fields.optional("compute", .compute)
            let earlyTermination = fields.optional("early_termination", .earlyTermination)
            let telemetry = fields.optional("telemetry", .telemetry)
            guard let simulation, let monteCarlo else { return nil }
            let dispersed = (dispersions ?? [:]).values.count { $0.distribution.kind != .constant }
            if let most = monteCarlo.samplingMethod.mostDispersed, dispersed > most {
                let method = monteCarlo.samplingMethod.rawValue
                fields.report("dispersions", "\(dispersed) parameters are not constant; \(method) takes at most \(most)")
                return nil
            }
            return BatchConfig(
                simulation: simulation, monteCarlo: monteCarlo, dispersions: dispersions ?? [:], compute: compute ?? .init(),
                earlyTermination: earlyTermination ?? .init(), telemetry: telemetry ?? .init())
        }
    }
}

extension FieldType where Value == SimulationSpec {
    static var simulation: FieldType {
        .mapping("'simulation'") { fields in
            let name = fields.required("name", .line())
            let version = fields.optional("version", .numberLikeLine)
            let type = fields.optional("type", .identifier)
            let duration = fields.optional("duration_minutes", .number(above: 0, atMost: TimeLimits.year / 60))
            guard let name else { return nil }
            var simulation = SimulationSpec(name: name, durationMinutes: duration)
            if let version { simulation.version = version }
            if let type { simulation.type = type }
            return simulation
        }
    }
}

extension FieldType where Value == MonteCarloSpec {
    static var monteCarlo: FieldType {
        .mapping("'monte_carlo'") { fields in
            let runs = fields.required("runs", .integer(runCounts))
            let method = fields.optional("sampling_method", .samplingMethod)
            let seed = fields.optional("seed", .integer(UInt64.min...UInt64.max))
            guard let runs else { return nil }
            return MonteCarloSpec(runs: runs, samplingMethod: method ?? .latinHypercube, seed: seed)
        }
    }
}

extension FieldType where Value == SamplingMethod {
    static var samplingMethod: FieldType {
        let available = SamplingMethod.allCases.map(\.rawValue).joined(separator: ", ")
        let remarks = ["halton", "grid", "table"].map { ($0, "is not available yet; use one of \(available)") }
        let plain = choice(remarks: Dictionary(uniqueKeysWithValues: remarks))
        return FieldType(plain.expectation) { field, diagnostics in
            if case .scalar(let scalar) = field.node.content, scalar.text == "random" { return .monteCarlo }
            return plain.read(field, diagnostics)
        }
    }
}

/// Bounds of spans of time, in seconds: beyond them clocks and timers overflow.
enum TimeLimits {
    static let day = 86_400.0
    static let year = 366 * day
}
