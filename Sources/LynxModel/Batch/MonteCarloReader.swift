import LynxDocument

/// Keeps a slip of the finger from filling the ledger.
let runCounts = 1...1_000_000

/// What `monte_carlo` says; the number of runs may follow from other fields.
struct MonteCarloFields {
    var spec: MonteCarloSpec
    /// Whether `spec.runs` is what the user gave; else it is 1.
    var givesRuns: Bool
}

extension FieldType where Value == MonteCarloFields {
    static var monteCarlo: FieldType {
        mapping("'monte_carlo'") { fields in
            let runs = fields.optional(
                "runs", .integer(runCounts),
                "The number of runs; only `grid` and `table` may leave it out, and then have as many as points or rows, and `subset_simulation`, of which it is the most (\(SubsetSimulationSpec.mostRuns)).")
            let method = fields.optional(
                "sampling_method", .samplingMethod, default: .latinHypercube, "How the runs are spread over the dispersions.")
            let seed = fields.optional(
                "seed", .integer(UInt64.min...UInt64.max), "Equal seeds give equal samples; drawn at submission if left out.")
            let scramble = fields.optional(
                "scramble", .bool,
                "Whether the seed randomizes the points of `sobol`, `halton` or `saltelli`; if left out, only those of `halton`.")
            let levels = fields.optional(
                "levels", .gridLevels, "The points of a `grid` along each parameter: one number for all, or one by parameter.")
            let table = fields.optional("table", .sampleTable, "The values of `table`, a row for each run.")
            let block = fields.optional(
                "block_size", .integer(runCounts),
                "How many runs make a whole `latin_hypercube`; as many as the batch has if left out.")
            let secondOrder = fields.optional(
                "second_order", .bool, "Whether `saltelli` has the runs for second-order indices; false if left out.")
            let open = fields.optional(
                "open", .bool, "Whether rows may be appended to `table` while the batch runs, until it is closed; false if left out.")
            let limitState = fields.optional(
                "limit_state", .limitState, "Which runs fail: what `subset_simulation` finds the probability of.")
            let samples = fields.optional(
                "samples_per_level", .integer(10...100_000),
                "The samples of each level of `subset_simulation`; \(SubsetSimulationSpec.samplesPerLevel) if left out.")
            let level = fields.optional(
                "level_probability", .levelProbability,
                "The share of a level's samples that lies in the next, for `subset_simulation`; \(Shown.number(SubsetSimulationSpec.levelProbability)) if left out.")
            let replay = fields.optional(
                "replay", .replay, "The index and seed that every run has, of the run that is repeated; `lynxctl replay` gives it.")
            let nominal = fields.optional(
                "nominal", .bool, "Whether there is one run more, with every parameter at its nominal, that is no part of the sample; false if left out.")
            fields.reportStrangers(to: method)
            if runs == nil, ![.grid, .table, .subsetSimulation].contains(method) { fields.reportMissingRuns() }
            let most = method == .subsetSimulation ? SubsetSimulationSpec.mostRuns : nil
            let spec = MonteCarloSpec(
                runs: runs ?? table?.rows.count ?? most ?? 1, samplingMethod: method, seed: seed, scramble: scramble, levels: levels,
                table: table, blockSize: block, secondOrder: secondOrder, open: open, limitState: limitState,
                samplesPerLevel: samples, levelProbability: level, replay: replay, nominal: nominal)
            return MonteCarloFields(spec: spec, givesRuns: runs != nil)
        }.checked(schema: [
            "anyOf": [
                ["required": ["runs"]],
                ["properties": ["sampling_method": ["enum": ["grid", "table", "subset_simulation"]]], "required": ["sampling_method"]],
            ]
        ]) { _ in nil }.named("MonteCarlo")
    }
}

extension MappingReader {
    /// Fields that say something of another method than the one that is asked for.
    fileprivate func reportStrangers(to method: SamplingMethod) {
        let owners: [(field: String, methods: [SamplingMethod])] = [
            ("scramble", [.sobol, .halton, .saltelli]), ("levels", [.grid]), ("table", [.table]),
            ("block_size", [.latinHypercube]),
            ("second_order", [.saltelli]), ("open", [.table]), ("limit_state", [.subsetSimulation]),
            ("nominal", [.latinHypercube, .monteCarlo, .sobol, .halton, .grid, .saltelli]),
            ("samples_per_level", [.subsetSimulation]), ("level_probability", [.subsetSimulation]),
        ]
        for (field, methods) in owners where !methods.contains(method) && self[field]?.node.isNull == false {
            let names = methods.map(\.rawValue).joined(separator: ", ")
            report(field, "says nothing of \(method.rawValue); leave it out, or set sampling_method: \(names)")
        }
        if method == .table, self["table"]?.node.isNull ?? true {
            report("table", "is missing; give \(FieldType.sampleTable.expectation)")
        }
        if method == .subsetSimulation, self["limit_state"]?.node.isNull ?? true {
            report("limit_state", "is missing; give an output and the threshold that a run fails beyond: {output: NAME, above: 5}")
        }
    }

    fileprivate func reportMissingRuns() {
        let expectation = FieldType.integer(runCounts).expectation
        switch self["runs"]?.node.isNull {
        case nil: report("runs", "is missing; give \(expectation)")
        case true?: report("runs", "is empty; give \(expectation)")
        case false?: break
        }
    }
}

extension SamplingMethod: JSONRepresentable {}

extension FieldType where Value == SamplingMethod {
    static var samplingMethod: FieldType {
        let plain = choice()
        let names: [JSONValue] = SamplingMethod.allCases.map { .string($0.rawValue) } + ["random"]
        return FieldType(plain.expectation, schema: { plain.schema($0).adding(["enum": .array(names)]) }) { field, diagnostics in
            if case .scalar(let scalar) = field.node.content, scalar.text == "random" { return .monteCarlo }
            return plain.read(field, diagnostics)
        }
    }
}

extension FieldType where Value == LimitStateSpec {
    fileprivate static var limitState: FieldType {
        mapping("'limit_state'") { fields in
            let output = fields.required("output", .shortLine, "The output that tells how far a run is from failure.")
            let above = fields.optional("above", .number(), "A run fails where the output is greater.")
            let below = fields.optional("below", .number(), "A run fails where the output is less.")
            guard fields.has("above") != fields.has("below") else {
                fields.report(
                    fields.has("above") ? "below" : "above",
                    fields.has("above")
                        ? "comes with above; a limit state has one of them"
                        : "is missing; give above or below, the threshold that a run fails beyond")
                return nil
            }
            guard let output, above != nil || below != nil else { return nil }
            return LimitStateSpec(output: output, above: above, below: below)
        }.named("LimitState")
    }
}

extension FieldType where Value == ReplaySpec {
    fileprivate static var replay: FieldType {
        mapping("'replay'") { fields in
            let index = fields.required("run_index", .integer(0...runCounts.upperBound), "The index that every run is given.")
            let seed = fields.required("seed", .integer(UInt64.min...UInt64.max), "The seed that every run is given.")
            guard let index, let seed else { return nil }
            return ReplaySpec(runIndex: index, seed: seed)
        }.named("Replay")
    }
}

extension FieldType where Value == Double {
    fileprivate static var levelProbability: FieldType {
        number().checked(schema: ["exclusiveMinimum": 0, "maximum": 0.5]) { value in
            value > 0 && value <= 0.5 ? nil : "must lie above 0 and be at most 0.5; \(Shown.number(SubsetSimulationSpec.levelProbability)) is usual"
        }
    }
}

extension FieldType where Value == GridLevels {
    fileprivate static var gridLevels: FieldType {
        let count: FieldType<Int> = .integer(runCounts)
        return alternatives(
            "a whole number from 1 to 1000000, or a mapping from parameters to such numbers", scalar: count.map { .all($0) },
            mapping: FieldType<[String: Int]>.dictionary(of: count, named: "parameters to numbers of levels", key: .line()).map {
                .byParameter($0)
            })
    }
}
