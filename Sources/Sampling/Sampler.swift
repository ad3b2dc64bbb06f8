public import LynxModel

/// Draws the parameters of a batch's runs.
///
/// A run's values depend on the dispersions, the method, the seed and the run's index alone (with `latin_hypercube` also
/// on the number of runs), never on who asks, in which order or on which machine: all arithmetic is IEEE 754 double
/// precision without any C library's functions, and all random bits come from a counter-based generator. Each parameter
/// has streams of its own, named after it, so that its values stay when other parameters come or go.
///
/// - Latin hypercube: for each parameter exactly one run in each of `runs` strata of equal probability, at a uniformly
///   random place in it (McKay, Beckman and Conover, Technometrics 21, 1979). For `uniform` that also holds of the value
///   after rounding: ⌊(x − min)/(max − min)·runs⌋ is the stratum.
/// - Monte Carlo: independent draws; more runs continue the sequence of fewer.
///
/// Values of both come from inverse distribution functions.
public struct Sampler: Sendable {
    public let runs: Int
    let parameters: [String: Parameter]
    let design: any Design
    private let simulation: SimulationSpec
    private let units: [String: String]
    private let seeds: Stream
    private let seedOffset: UInt64

    struct Parameter {
        let quantile: Quantile
        /// Its place in the design; nil if it is constant.
        let axis: Int?
    }

    /// - Parameters:
    ///   - config: a valid configuration; its own number of runs and seed are not looked at, as a submission may replace them.
    ///   - runs: at least 1.
    public init(config: BatchConfig, runs: Int, seed: UInt64) {
        precondition(runs > 0, "a batch has at least one run")
        self.runs = runs
        simulation = config.simulation
        units = config.dispersions.mapValues(\.units)
        let quantiles = config.dispersions.mapValues { Quantile($0.distribution) }
        // By name, as the order in which a document lists them says nothing.
        let names = quantiles.filter { !$0.value.isConstant }.keys.sorted()
        let axes = Dictionary(uniqueKeysWithValues: zip(names, names.indices))
        parameters = Dictionary(uniqueKeysWithValues: quantiles.map { ($0, Parameter(quantile: $1, axis: axes[$0])) })
        design = config.monteCarlo.samplingMethod.design(
            names.map { Axis(name: $0, resolution: quantiles[$0]?.uniformRange?.resolution ?? 0) }, runs: runs, seed: seed)
        seeds = Stream(seed: seed, purpose: .runSeed)
        seedOffset = seeds.bits(at: 0)
    }

    /// The value of every dispersed parameter in run `index`, 0 ..< `runs`.
    public func parameters(at index: Int) -> [String: ParameterValue] {
        precondition((0..<runs).contains(index), "the run index lies outside the batch")
        return parameters.mapValues { parameter in
            parameter.quantile(parameter.axis.map { design.probability(of: $0, run: index) } ?? 0.5)
        }
    }

    /// The seed that run `index` gives its own random numbers; no two runs of a batch have the same.
    public func runSeed(at index: Int) -> UInt64 {
        precondition((0..<runs).contains(index), "the run index lies outside the batch")
        // Bijections of the index: distinct by construction.
        return mix64(mix64(UInt64(index) &+ seedOffset) ^ seeds.id)
    }

    public func runConfiguration(jobID: String, batchID: String, index: Int) -> RunConfiguration {
        RunConfiguration(
            jobID: jobID, batchID: batchID, runIndex: index, seed: runSeed(at: index), simulation: simulation,
            parameters: parameters(at: index), units: units)
    }
}

extension Distribution {
    /// Whether every sample is a number that double precision holds: parameters far out, such as a standard deviation
    /// of 10³⁰⁸, make quantiles that overflow, and no file or message could carry those.
    public var hasRepresentableSamples: Bool {
        let quantile = Quantile(self)
        // Quantiles only rise: the ends decide, and what lies between them shows where an algorithm gives up.
        let probabilities = [0x1p-64, 0x1p-53] + (1..<64).map { Double($0) / 64 } + [1 - 0x1p-53]
        return probabilities.allSatisfy { probability in
            if case .number(let value) = quantile(probability) { value.isFinite } else { true }
        }
    }
}
