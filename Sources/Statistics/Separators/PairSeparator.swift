/// Two inputs that both matter for failures, with the score that tells failed from passed runs best.
///
/// A pair is a discovery if each of the two matters where the other is given, in a form of `PairForm`, and if the form's score
/// separates better than either input alone. The p-value is that of the input that matters less. Of every run of the smaller
/// class the place of its score is taken among the scores that it would have with another value of that input and the same
/// value of the other; if the input does not matter, places are uniform, which a Kolmogorov–Smirnov test decides. It counts
/// six times, for as many forms. Inputs may be correlated as in a Gaussian copula.
///
/// So a failure where x₁·x₂ is large, or |x₁ − x₂| small, is found also where neither input alone says much; the second input of
/// a failure that comes from one alone is not.
package struct PairSeparator: Sendable, Equatable {
    /// The numbers of the inputs, ascending.
    package var inputs: [Int]
    /// The form with the largest distance of those in which both inputs matter.
    package var form: PairForm
    /// Of the form's scores.
    package var separation: Separation
    /// By how much the distance is larger than that of the better of both inputs.
    package var gain: Double
    package var pValue: Double
    /// Over everything tested.
    package var qValue: Double
    /// Nil if no run is missing.
    package var ifMissingFailed: Separation?
    package var ifMissingPassed: Separation?
    /// At the report's rate, and likewise, with failures on the same side, if all missing runs failed and if all passed.
    package var isDiscovery: Bool
}

/// How two inputs make one score. Both are turned into normal scores a and b first: what their ranks would be if they were
/// normal, so that neither scales nor distributions matter.
package enum PairForm: String, Sendable, CaseIterable {
    /// a + b: both large, or both small.
    case sum
    /// a − b: one large where the other is small.
    case difference
    /// |a + b|, small where the two cancel.
    case absoluteSum
    /// |a − b|, small where the two are alike.
    case absoluteDifference
    /// a·b: both far out on the same side, or on opposite sides.
    case product
    /// |a·b|: both far out on any side.
    case absoluteProduct

    func score(_ a: Double, _ b: Double) -> Double {
        switch self {
        case .sum: a + b
        case .difference: a - b
        case .absoluteSum: abs(a + b)
        case .absoluteDifference: abs(a - b)
        case .product: a * b
        case .absoluteProduct: abs(a * b)
        }
    }

    /// The probability of a score up to that of (a, b), or in turn of at least that, where a is given and only b is drawn: from
    /// a normal distribution with the given mean and deviation.
    func place(_ a: Double, _ b: Double, mean: Double, deviation: Double) -> Double {
        func below(_ x: Double) -> Double { NormalDistribution.cumulative((x - mean) / deviation) }
        return switch self {
        case .sum, .difference: below(b)
        case .absoluteSum: below(-a + abs(a + b)) - below(-a - abs(a + b))
        case .absoluteDifference: below(a + abs(a - b)) - below(a - abs(a - b))
        case .product: a < 0 ? 1 - below(b) : below(b)
        case .absoluteProduct: below(abs(b)) - below(-abs(b))
        }
    }
}
