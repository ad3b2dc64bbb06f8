import TestSupport

@testable import LynxModel

/// Valid batches of every shape, the same for the same seed.
struct BatchGenerator {
    private var generator: SplitMix64

    init(seed: UInt64) { generator = SplitMix64(state: seed) }

    mutating func batch() -> BatchSubmission {
        var config = BatchConfig(
            simulation: SimulationSpec(name: text(), version: text(), type: "px4_sitl", durationMinutes: maybe { $0.positive() }),
            monteCarlo: MonteCarloSpec(runs: 1, samplingMethod: pick(SamplingMethod.allCases), seed: maybe { $0.next() }))
        for _ in 0..<integer(0...12) {
            config.dispersions[text()] = Dispersion(distribution: distribution(), units: flip() ? "" : text())
        }
        addDesign(to: &config)
        config.compute = ComputeSpec(
            container: maybe { g in
                ContainerSpec(
                    image: g.maybe { "registry.example/lab/sim-\($0.integer(0...9)):\($0.integer(1...99))" },
                    cpuRequest: g.maybe { "\($0.integer(0...64))\($0.flip() ? "m" : "")" },
                    memoryRequest: g.maybe { "\($0.integer(0...64))\($0.flip() ? "Gi" : "")" })
            },
            maxParallelJobs: maybe { $0.integer(1...1000) }, jobTimeoutSeconds: positive(), maxRetries: integer(0...1000),
            gpu: maybe { $0.flip() })
        config.earlyTermination = EarlyTerminationSpec(
            enabled: flip(), checkFrequencyHz: flip() ? 0 : positive(),
            conditions: (0..<integer(0...4)).map { index in
                StoppingCondition(
                    name: "\(index) \(text())", description: flip() ? "" : text() + "\n" + text(), variable: text(),
                    operator: pick(ComparisonOperator.allCases), threshold: number(), units: flip() ? "" : text())
            })
        config.telemetry = TelemetrySpec(
            samplingRateHz: maybe { $0.positive() }, variables: (0..<integer(0...3)).map { _ in text() },
            storage: maybe { g in
                TelemetryStorageSpec(
                    s3Bucket: g.maybe { _ in "lynx-runs" }, s3Prefix: g.maybe { _ in "" },
                    compression: g.maybe { $0.pick(["zlib", "none"]) },
                    retainDays: g.maybe { $0.positive() })
            },
            bufferFlushIntervalSeconds: maybe { $0.positive() })
        judge(&config)
        let runs = config.monteCarlo.runs
        return BatchSubmission(name: text(), runsOverride: maybe { _ in runs }, config: config)
    }

    /// Adds outputs, requirements that fit the rest of the batch, and a rule of stopping.
    private mutating func judge(_ config: inout BatchConfig) {
        if flip() {
            config.outputs = [:]
            for _ in 0..<integer(0...5) { config.outputs?[text()] = output() }
        }
        if config.monteCarlo.samplingMethod == .subsetSimulation {
            if config.outputs?.isEmpty == true { config.outputs = nil }
            let output = config.outputs?.keys.min() ?? text()
            let (isAbove, threshold) = (flip(), number())
            config.monteCarlo.limitState = LimitStateSpec(output: output, above: isAbove ? threshold : nil, below: isAbove ? nil : threshold)
            return
        }
        config.requirements = maybe { g in (0..<g.integer(0...4)).map { g.requirement("\($0) \(g.text())", config) } }
        if config.requirements?.isEmpty == false, config.monteCarlo.samplingMethod == .monteCarlo, flip() {
            config.stop = StopSpec(
                rule: pick(StopSpec.Rule.allCases), maxFailures: integer(0...1000), running: pick(StopSpec.Running.allCases))
        }
    }

    private mutating func output() -> OutputSpec {
        let units = flip() ? "" : text()
        switch integer(0...3) {
        case 0: return OutputSpec(units: units)
        case 1: return OutputSpec(units: units, from: text())
        case 2: return OutputSpec(units: units, artifact: pick(["a.csv", "logs/b c.json", "...", "é/🚀"]), column: text())
        default:
            let statistic = pick(TelemetryStatistic.allCases)
            return OutputSpec(
                units: units, telemetry: text(), statistic: statistic, atS: statistic == .valueAt ? number() : nil,
                threshold: statistic == .durationAbove || statistic == .durationBelow ? number() : nil)
        }
    }

    private mutating func requirement(_ name: String, _ config: BatchConfig) -> RequirementSpec {
        // 1 is no probability of a requirement.
        let probability = Swift.min(positive(), 0x1.fffp-1)
        let confidence = flip() ? RequirementSpec.defaultConfidence : Swift.min(positive(), 0x1.fffp-1)
        if config.earlyTermination.enabled, flip() {
            let conditions = config.earlyTermination.conditions.map(\.name) + [RequirementSpec.anyCondition]
            return RequirementSpec(name: name, noBreach: pick(conditions), probability: probability, confidence: confidence)
        }
        let names = config.outputs.map { $0.keys.sorted() } ?? [text()]
        guard !names.isEmpty, flip() else {
            return RequirementSpec(name: name, formula: "G (x < 1)", probability: probability, confidence: confidence)
        }
        let output = pick(names)
        let units = config.outputs?[output]?.units ?? ""
        return RequirementSpec(
            name: name, output: output, comparison: pick(ComparisonOperator.allCases), threshold: number(),
            units: flip() ? "" : units,
            probability: probability, confidence: confidence)
    }

    /// What the method needs beside the dispersions, and a number of runs that it takes.
    private mutating func addDesign(to config: inout BatchConfig) {
        switch config.monteCarlo.samplingMethod {
        case .latinHypercube: config.monteCarlo.blockSize = maybe { $0.integer(1...1000) }
        case .monteCarlo: break
        case .sobol, .halton: config.monteCarlo.scramble = maybe { $0.flip() }
        case .grid:
            let names = config.spreadParameters.filter {
                if case .any = config.dispersions[$0]!.distribution.gridCount { true } else { false }
            }
            // Lists have as many levels as values, and many of them make a grid too large.
            config.dispersions = config.dispersions.filter {
                names.prefix(6).contains($0.key) || $0.value.distribution.kind == .constant
            }
            config.monteCarlo.levels =
                flip()
                ? .all(integer(1...3))
                : .byParameter(Dictionary(uniqueKeysWithValues: names.prefix(6).map { ($0, integer(1...4)) }))
        case .table:
            let columns = Array(Set((0..<integer(1...4)).map { _ in text() })).sorted()
            let rows = (0..<integer(1...5)).map { _ in columns.map { _ in value() } }
            config.monteCarlo.table = SampleTable(columns: columns, rows: rows, units: maybe { _ in [columns[0]: "m"] })
            config.monteCarlo.open = maybe { $0.flip() }
        case .subsetSimulation:
            if config.spreadParameters.isEmpty { config.dispersions["x"] = Dispersion(distribution: .uniform(min: 0, max: 1)) }
            config.monteCarlo.samplesPerLevel = maybe { $0.integer(20...1000) }
            config.monteCarlo.levelProbability = maybe { $0.flip() ? 0.1 : 0.5 }
        case .saltelli:
            if config.spreadParameters.isEmpty { config.dispersions["x"] = Dispersion(distribution: .uniform(min: 0, max: 1)) }
            (config.monteCarlo.scramble, config.monteCarlo.secondOrder) = (maybe { $0.flip() }, maybe { $0.flip() })
        }
        let most = config.monteCarlo.table?.rows.count ?? 1_000_000
        let least = config.monteCarlo.open == true ? most : config.monteCarlo.samplingMethod == .subsetSimulation ? 1000 : 1
        config.monteCarlo.runs = config.wholeDesign().map { $0.runs * integer(1...(1_000_000 / $0.runs)) } ?? integer(least...most)
        guard config.monteCarlo.samplingMethod != .grid, config.monteCarlo.samplingMethod != .saltelli else { return }
        let names = config.spreadParameters.filter { config.dispersions[$0]!.distribution.isContinuous }
        guard names.count > 1, flip() else { return }
        let kind = pick(CorrelationSpec.Kind.allCases)
        config.correlation = CorrelationSpec(
            kind: kind,
            values: flip()
                ? .pairs([CorrelatedPair(between: [names[1], names[0]], value: 0.5)])
                : .matrix(parameters: Array(names.prefix(2)), rows: [[1, -0.25], [-0.25, 1]]))
    }

    /// - Parameter kinds: of which it is.
    private mutating func distribution(_ kinds: [Distribution.Kind] = Distribution.Kind.allCases) -> Distribution {
        let base = untruncated(pick(kinds))
        guard base.isContinuous, flip() else { return base }
        let low = number()
        return flip()
            ? .truncated(base, min: low, max: low + Swift.max(abs(low), 1))
            : flip() ? .truncated(base, min: low, max: nil) : .truncated(base, min: nil, max: low)
    }

    private mutating func untruncated(_ kind: Distribution.Kind) -> Distribution {
        let low = number()
        let high = low + Swift.max(abs(low), 1) * positive()
        switch kind {
        case .uniform: return .uniform(min: low, max: high)
        case .normal: return .normal(mean: number(), stdDev: positive())
        case .truncatedNormal: return .truncatedNormal(mean: (low / 2 + high / 2), stdDev: high - low, min: low, max: high)
        case .lognormal: return .lognormal(mu: number(), sigma: positive())
        case .loguniform: return .loguniform(min: positive(), max: 1 + positive())
        case .triangular: return .triangular(min: low, mode: flip() ? low : high, max: high)
        case .exponential: return .exponential(rate: positive())
        case .weibull: return .weibull(shape: positive(), scale: positive())
        case .rayleigh: return .rayleigh(scale: positive())
        case .gumbel: return .gumbel(loc: number(), scale: positive())
        case .gamma: return .gamma(shape: positive(), scale: positive())
        case .beta: return .beta(alpha: positive(), beta: positive(), min: low, max: high)
        case .studentT: return .studentT(df: positive(), loc: number(), scale: positive())
        case .empirical: return .empirical(values: (0..<integer(2...5)).map { _ in number() }, interpolate: flip())
        case .mixture:
            let kinds: [Distribution.Kind] = [.uniform, .lognormal, .gamma]
            return .mixture(
                (0..<integer(1...3)).map { _ in MixtureComponent(weight: positive(), distribution: distribution(kinds)) })
        case .integerUniform:
            let min = Int64(integer(-1000...1000))
            return .integerUniform(min: min, max: min + Int64(integer(0...1000)))
        case .discrete:
            let values = (0..<integer(1...5)).map { _ in value() }
            return .discrete(values: values, weights: maybe { g in values.map { _ in g.positive() } })
        case .files: return .files((0..<integer(1...3)).map { "winds/\($0) \(text()).csv" })
        case .constant: return .constant(value())
        }
    }

    private mutating func value() -> ParameterValue {
        switch integer(0...3) {
        case 0: .integer(Int64(bitPattern: next()))
        case 1:
            .number(
                pick([Double(integer(-1000...1000)), Double(integer(-1000...1000)) + 0.5, 1e300 * positive(), 1e15, 0x1p60, -0.0])
            )
        case 2: .string(pick(["true", "17", "null", "", ".nan", "~", "a: b", "#", "é🚀\"\\"]))
        default: .bool(flip())
        }
    }

    /// A line that YAML or JSON might mistake for something else.
    private mutating func text() -> String {
        pick([
            "a", "orbit radius", "x.y[0]", "null", "1.0", "0x10", "true", "- a", "é🚀", "\"quoted\"", "'", "a: b # c", "\\n", "{",
            "*x", "&y", "<<",
        ])
            + (flip() ? "" : " \(integer(0...99))")
    }

    private mutating func number() -> Double { (flip() ? -1 : 1) * positive() * pick([1e-300, 1e-3, 1, 1e6, 1e200, 0]) }
    /// From 2⁻⁵³ to 1.
    private mutating func positive() -> Double { Double((next() >> 11) + 1) * 0x1p-53 }
    private mutating func integer(_ range: ClosedRange<Int>) -> Int { range.lowerBound + Int(next() % UInt64(range.count)) }
    private mutating func flip() -> Bool { next() & (1 << 40) == 0 }
    private mutating func pick<T>(_ items: [T]) -> T { items[integer(0...(items.count - 1))] }
    private mutating func maybe<T>(_ make: (inout BatchGenerator) -> T) -> T? { flip() ? nil : make(&self) }

    private mutating func next() -> UInt64 { generator.next() }
}
