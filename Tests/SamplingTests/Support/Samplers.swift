import LynxModel
import Sampling

func batch(
    _ dispersions: [String: Distribution], method: SamplingMethod = .latinHypercube, runs: Int = 1,
    _ change: (inout BatchConfig) -> Void = { _ in }
) -> BatchConfig {
    var config = BatchConfig(
        simulation: SimulationSpec(name: "study"), monteCarlo: MonteCarloSpec(runs: runs, samplingMethod: method),
        dispersions: dispersions.mapValues { Dispersion(distribution: $0) })
    // As many points as runs along each parameter.
    if method == .grid { config.monteCarlo.levels = .all(runs) }
    change(&config)
    return config
}

func sampler(
    _ dispersions: [String: Distribution], method: SamplingMethod = .latinHypercube, runs: Int, seed: UInt64 = 2026,
    _ change: (inout BatchConfig) -> Void = { _ in }
) -> Sampler {
    Sampler(config: batch(dispersions, method: method, runs: runs, change), runs: runs, seed: seed)
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
let continuousDistributions: [Distribution] = untruncatedDistributions + truncatedDistributions

private let untruncatedDistributions: [Distribution] = [
    .uniform(min: -3, max: 11),
    .uniform(min: 6_950_000, max: 7_050_000),
    .normal(mean: 10, stdDev: 2.5),
    .truncatedNormal(mean: 0, stdDev: 1, min: -1, max: 2),
    .truncatedNormal(mean: 5, stdDev: 2, min: 9, max: 30),
    .truncatedNormal(mean: 0, stdDev: 1, min: 8, max: 9),
    .truncatedNormal(mean: 0, stdDev: 1, min: -60, max: -50),
    .lognormal(mu: 0.3, sigma: 0.8),
    .loguniform(min: 1e-3, max: 1e5),
    .loguniform(min: 10, max: 10.001),
    .triangular(min: 1, mode: 2, max: 5),
    .triangular(min: 1, mode: 1, max: 5),
    .triangular(min: 1, mode: 5, max: 5),
    .exponential(rate: 0.25),
    .weibull(shape: 1.7, scale: 900),
    .weibull(shape: 0.4, scale: 3),
    .rayleigh(scale: 4),
    .gumbel(loc: -2, scale: 0.5),
    .gamma(shape: 3.5, scale: 2),
    .gamma(shape: 0.4, scale: 10),
    .gamma(shape: 1, scale: 1),
    .gamma(shape: 12_345, scale: 0.001),
    .beta(alpha: 2, beta: 5, min: 0, max: 1),
    .beta(alpha: 0.5, beta: 0.5, min: 2, max: 3),
    // With beta as small as alpha, doubles just below 1 are too coarse for a continuous distribution.
    .beta(alpha: 0.05, beta: 2, min: 0, max: 1),
    .beta(alpha: 0.3, beta: 7000, min: 0, max: 1),
    .beta(alpha: 10_000, beta: 10_000, min: -1, max: 1),
    .studentT(df: 4, loc: 0, scale: 1),
    .studentT(df: 1, loc: 3, scale: 0.2),
    .studentT(df: 250.5, loc: 0, scale: 10),
    .empirical(values: [3, 1, 4, 1.5, 9, 2.6, 5], interpolate: true),
    .mixture([
        MixtureComponent(weight: 3, distribution: .normal(mean: 0, stdDev: 1)),
        MixtureComponent(weight: 1, distribution: .normal(mean: 6, stdDev: 0.5)),
    ]),
    .mixture([
        MixtureComponent(weight: 0.2, distribution: .uniform(min: -2, max: -1)),
        MixtureComponent(weight: 0.3, distribution: .exponential(rate: 2)),
        MixtureComponent(weight: 0.5, distribution: .truncated(.gamma(shape: 2, scale: 1), min: 5, max: 8)),
    ]),
]

let truncatedDistributions: [Distribution] = [
    .truncated(.normal(mean: 0, stdDev: 1), min: -1, max: 2),
    .truncated(.normal(mean: 0, stdDev: 1), min: 5, max: nil),
    .truncated(.lognormal(mu: 0.3, sigma: 0.8), min: 2, max: 3),
    .truncated(.loguniform(min: 1e-3, max: 1e5), min: nil, max: 10),
    .truncated(.uniform(min: 0, max: 4), min: 1, max: 9),
    .truncated(.triangular(min: 1, mode: 2, max: 5), min: 1.5, max: 4.5),
    .truncated(.exponential(rate: 1), min: 20, max: 21),
    .truncated(.weibull(shape: 1.7, scale: 900), min: 100, max: 5000),
    .truncated(.rayleigh(scale: 4), min: 20, max: nil),
    .truncated(.gumbel(loc: -2, scale: 0.5), min: -2.5, max: 4),
    .truncated(.gamma(shape: 3.5, scale: 2), min: 30, max: 50),
    .truncated(.gamma(shape: 0.4, scale: 10), min: nil, max: 1e-3),
    .truncated(.beta(alpha: 2, beta: 5, min: 0, max: 1), min: 0.9, max: 0.99),
    .truncated(.studentT(df: 4, loc: 0, scale: 1), min: -3, max: 100),
    .truncated(.studentT(df: 4, loc: 0, scale: 1), min: 10, max: nil),
    .truncated(.truncatedNormal(mean: 0, stdDev: 1, min: -1, max: 2), min: 0, max: 1),
    .truncated(.empirical(values: [3, 1, 4, 1.5, 9, 2.6, 5], interpolate: true), min: 1.25, max: 8),
    .truncated(
        .mixture([
            MixtureComponent(weight: 3, distribution: .normal(mean: 0, stdDev: 1)),
            MixtureComponent(weight: 1, distribution: .normal(mean: 6, stdDev: 0.5)),
        ]), min: 1, max: 7),
]
