import LynxModel
import TestSupport

/// Valid batches of every shape, the same for the same seed.
struct BatchGenerator {
    private var generator: SplitMix64

    init(seed: UInt64) { generator = SplitMix64(state: seed) }

    mutating func batch() -> BatchSubmission {
        var config = BatchConfig(
            simulation: SimulationSpec(name: text(), version: text(), type: "px4_sitl", durationMinutes: maybe { $0.positive() }),
            monteCarlo: MonteCarloSpec(
                runs: integer(1...1_000_000), samplingMethod: pick(SamplingMethod.allCases), seed: maybe { $0.next() }))
        for _ in 0..<integer(0...12) { config.dispersions[text()] = Dispersion(distribution: distribution(), units: flip() ? "" : text()) }
        config.compute = ComputeSpec(
            container: maybe { g in
                ContainerSpec(
                    image: g.maybe { $0.text() }, cpuRequest: g.maybe { "\($0.integer(0...64))\($0.flip() ? "m" : "")" },
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
                    s3Bucket: g.maybe { _ in "lynx-runs" }, s3Prefix: g.maybe { _ in "" }, compression: g.maybe { $0.pick(["zlib", "none"]) },
                    retainDays: g.maybe { $0.positive() })
            },
            bufferFlushIntervalSeconds: maybe { $0.positive() })
        return BatchSubmission(name: text(), runsOverride: maybe { $0.integer(1...1000) }, config: config)
    }

    private mutating func distribution() -> Distribution {
        let low = number()
        let high = low + Swift.max(abs(low), 1) * positive()
        switch pick(Distribution.Kind.allCases) {
        case .uniform: return .uniform(min: low, max: high)
        case .normal: return .normal(mean: number(), stdDev: positive())
        case .truncatedNormal: return .truncatedNormal(mean: (low / 2 + high / 2), stdDev: high - low, min: low, max: high)
        case .lognormal: return .lognormal(mu: number(), sigma: positive())
        case .triangular: return .triangular(min: low, mode: flip() ? low : high, max: high)
        case .exponential: return .exponential(rate: positive())
        case .weibull: return .weibull(shape: positive(), scale: positive())
        case .beta: return .beta(alpha: positive(), beta: positive(), min: low, max: high)
        case .discrete:
            let values = (0..<integer(1...5)).map { _ in value() }
            return .discrete(values: values, weights: maybe { g in values.map { _ in g.positive() } })
        case .constant: return .constant(value())
        }
    }

    private mutating func value() -> ParameterValue {
        switch integer(0...3) {
        case 0: .integer(Int64(bitPattern: next()))
        case 1: .number(pick([Double(integer(-1000...1000)), Double(integer(-1000...1000)) + 0.5, 1e300 * positive(), 1e15, 0x1p60, -0.0]))
        case 2: .string(pick(["true", "17", "null", "", ".nan", "~", "a: b", "#", "é🚀\"\\"]))
        default: .bool(flip())
        }
    }

    /// A line that YAML or JSON might mistake for something else.
    private mutating func text() -> String {
        pick(["a", "orbit radius", "x.y[0]", "null", "1.0", "0x10", "true", "- a", "é🚀", "\"quoted\"", "'", "a: b # c", "\\n", "{", "*x", "&y", "<<"])
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
