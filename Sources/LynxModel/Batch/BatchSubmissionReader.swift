public import FoundationEssentials
public import LynxDocument

extension BatchSubmission {
    /// Reads and validates a batch file, and the files that it names.
    ///
    /// - Parameter judge: what else is wrong with a batch that is valid otherwise, such as `BatchConfig.samplingProblems` of Sampling.
    /// - Throws: everything that is wrong with the file, each with its line and column.
    public static func read(
        yamlFile path: String, judgedBy judge: (BatchSubmission) -> [FieldProblem] = { _ in [] }
    ) throws(DiagnosticList) -> BatchSubmission {
        try Document.yaml(file: path).withReferences(besideFile: path).batchSubmission(judge)
    }

    /// Reads and validates the text of a batch file.
    ///
    /// - Parameters:
    ///   - name: what errors call the text.
    ///   - judge: as above.
    public static func read(
        yaml text: String, name: String, judgedBy judge: (BatchSubmission) -> [FieldProblem] = { _ in [] }
    ) throws(DiagnosticList) -> BatchSubmission {
        try Document.yaml(Array(text.utf8), name: name).batchSubmission(judge)
    }

    /// Reads and validates the body of `POST /jobs`, by the same rules.
    ///
    /// - Parameters:
    ///   - name: what errors call the body.
    ///   - judge: as above.
    public static func read(
        json data: Data, name: String = "request body", judgedBy judge: (BatchSubmission) -> [FieldProblem] = { _ in [] }
    ) throws(DiagnosticList) -> BatchSubmission {
        try Document.json(Array(data), name: name).batchSubmission(judge)
    }
}

extension Document {
    fileprivate func batchSubmission(_ judge: (BatchSubmission) -> [FieldProblem]) throws(DiagnosticList) -> BatchSubmission {
        try read(as: .batchSubmission, judgedBy: { submission in
            let problems = submission.designProblems
            return problems.isEmpty ? judge(submission) : problems
        })
    }
}

extension BatchSubmission {
    /// The JSON schema (2020-12) of batch files and of the body of `POST /jobs`, as the readers below describe themselves.
    package static var schema: JSONValue {
        let parts = SchemaParts(prefix: "#/$defs/")
        let root = FieldType.batchSubmission.schema(parts)
        let head: JSONValue = ["$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Lynx batch file"]
        return head.adding(root).adding(["$defs": .object(parts.definitions)])
    }
}

extension FieldType where Value == BatchSubmission {
    package static var batchSubmission: FieldType {
        mapping("a batch") { fields in
            let name = fields.required("name", .shortLine, "What lists call the batch.")
            let runsOverride = fields.optional("runs_override", .integer(runCounts), "Overrides `config.monte_carlo.runs`.")
            let config = fields.required("config", .batchConfig, "The study.")
            guard let name, let config else { return nil }
            return BatchSubmission(name: name, runsOverride: runsOverride, config: config)
        }.named("BatchSubmission")
    }
}

extension FieldType where Value == BatchConfig {
    static var batchConfig: FieldType {
        .mapping("'config'") { fields in
            let simulation = fields.required("simulation", .simulation, "What is simulated.")
            let monteCarlo = fields.required("monte_carlo", .monteCarlo, "How many runs, and how they are drawn.")
            let dispersions = fields.optional(
                "dispersions", .dictionary(of: .dispersion, named: "parameters to dispersions", key: .line()),
                "The distribution of each parameter, by its name.")
            let correlation = fields.optional("correlation", .correlation, "How the parameters depend on each other; not at all if left out.")
            let compute = fields.optional("compute", .compute, "What each job may use.")
            if compute?.container?.image != nil, let bundle = simulation?.bundle, bundle.requirements != nil || bundle.build != nil {
                let step = bundle.requirements == nil ? "build" : "requirements"
                fields.report(
                    "compute",
                    "container.image is given beside simulation.bundle.\(step), which works outside of the image; do that when the image is made"
                )
            }
            let earlyTermination = fields.optional("early_termination", .earlyTermination, "When a run is killed.")
            let telemetry = fields.optional("telemetry", .telemetry, "What is recorded of each run.")
            let outputs = fields.optional("outputs", .outputs, "The scalar results of a run, by name; all that the scenario reports if left out.")
            let requirements = fields.optional("requirements", .requirements, "What the runs must satisfy.")
            let stop = fields.optional("stop", .stop, "When the batch ends before all its runs are done.")
            guard let simulation, let monteCarlo else { return nil }
            var config = BatchConfig(
                simulation: simulation, monteCarlo: monteCarlo.spec, dispersions: dispersions ?? [:], compute: compute ?? .init(),
                earlyTermination: earlyTermination ?? .init(), telemetry: telemetry ?? .init(), outputs: outputs, requirements: requirements,
                stop: stop, correlation: correlation)
            if !monteCarlo.givesRuns, monteCarlo.spec.samplingMethod == .grid { config.monteCarlo.runs = config.wholeDesign()?.runs ?? 1 }
            let problems = config.requirementProblems
            for problem in problems { fields.report(problem.field, at: problem.index, problem.message) }
            return problems.isEmpty ? config : nil
        }
    }
}

/// Bounds of spans of time, in seconds: beyond them clocks and timers overflow.
enum TimeLimits {
    static let day = 86_400.0
    static let year = 366 * day
}
