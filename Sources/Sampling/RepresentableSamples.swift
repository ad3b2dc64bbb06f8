public import LynxModel

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
