import LynxModel
import Sampling

func batch(_ dispersions: [String: Distribution], method: SamplingMethod = .latinHypercube, runs: Int = 1) -> BatchConfig {
    BatchConfig(
        simulation: SimulationSpec(name: "study"), monteCarlo: MonteCarloSpec(runs: runs, samplingMethod: method),
        dispersions: dispersions.mapValues { Dispersion(distribution: $0) })
}

func sampler(
    _ dispersions: [String: Distribution], method: SamplingMethod = .latinHypercube, runs: Int, seed: UInt64 = 2026
) -> Sampler {
    Sampler(config: batch(dispersions, method: method), runs: runs, seed: seed)
}

extension ParameterValue {
    /// The number it is, or NaN.
    var double: Double {
        switch self {
        case .number(let value): value
        case .integer(let value): Double(value)
        case .string, .bool: .nan
        }
    }
}

/// Distributions that between them reach every branch of the quantile functions.
let continuousDistributions: [Distribution] = [
    .uniform(min: -3, max: 11),
    .uniform(min: 6_950_000, max: 7_050_000),
    .normal(mean: 10, stdDev: 2.5),
    .truncatedNormal(mean: 0, stdDev: 1, min: -1, max: 2),
    .truncatedNormal(mean: 5, stdDev: 2, min: 9, max: 30),
    .truncatedNormal(mean: 0, stdDev: 1, min: 8, max: 9),
    .truncatedNormal(mean: 0, stdDev: 1, min: -60, max: -50),
    .lognormal(mu: 0.3, sigma: 0.8),
    .triangular(min: 1, mode: 2, max: 5),
    .triangular(min: 1, mode: 1, max: 5),
    .triangular(min: 1, mode: 5, max: 5),
    .exponential(rate: 0.25),
    .weibull(shape: 1.7, scale: 900),
    .weibull(shape: 0.4, scale: 3),
    .beta(alpha: 2, beta: 5, min: 0, max: 1),
    .beta(alpha: 0.5, beta: 0.5, min: 2, max: 3),
    // With beta as small as alpha, doubles just below 1 are too coarse for a continuous distribution.
    .beta(alpha: 0.05, beta: 2, min: 0, max: 1),
    .beta(alpha: 0.3, beta: 7000, min: 0, max: 1),
    .beta(alpha: 10_000, beta: 10_000, min: -1, max: 1),
]
