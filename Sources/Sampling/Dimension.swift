package import LynxModel

/// One dispersed parameter of a design: its value at any run index.
package struct Dimension: Sendable {
    let quantile: Quantile
    let jitter: Stream
    let strata: StratumPermutation?
    let count: Double
    /// How much of a stratum is left free at each end, see `init`.
    let margin: Double

    var isContinuous: Bool { quantile.isContinuous }

    init(name: String, distribution: Distribution, method: SamplingMethod, runs: Int, seed: UInt64) {
        quantile = Quantile(distribution)
        jitter = Stream(seed: seed, purpose: .jitter, name: name)
        count = Double(runs)
        switch method {
        case .monteCarlo:
            (strata, margin) = (nil, 0)
        case .latinHypercube:
            strata =
                quantile.isConstant
                ? nil : StratumPermutation(count: runs, stream: Stream(seed: seed, purpose: .strata, name: name))
            // Rounding must not carry a value over the edge of its stratum, in whichever order a reader computes the
            // stratum: a few units in the last place of u, and of the value itself where it is uniform. A stratum
            // with fewer doubles in it than that gets the one nearest to its centre.
            margin = min(0.5, count * (0x1p-50 + 2 * (quantile.uniformRange?.resolution ?? 0)))
        }
    }

    /// The value of run `index`; independent of the other runs.
    package func value(at index: Int) -> ParameterValue { quantile(probability(at: index)) }

    /// The probability, strictly between 0 and 1, whose quantile run `index` takes.
    package func probability(at index: Int) -> Double {
        if quantile.isConstant { return 0.5 }
        let unit = Philox.openUnit(jitter.bits(at: UInt64(index)))
        guard let strata else { return unit }
        return (Double(strata(index)) + (margin + (1 - 2 * margin) * unit)) / count
    }
}
