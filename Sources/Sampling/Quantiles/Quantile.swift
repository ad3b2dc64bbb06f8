import LynxModel

/// The inverse distribution function of one parameter, with everything precomputed that does not depend on the draw.
struct Quantile {
    let form: Form

    enum Form {
        case real(any RealDistribution)
        case steps(DiscreteQuantile)
        case integers(IntegerRange)
        case constant(ParameterValue)
    }

    init(_ distribution: Distribution) {
        form =
            switch distribution {
            case .constant(let value): .constant(value)
            case .discrete(let values, let weights): .steps(DiscreteQuantile(values: values, weights: weights))
            case .files(let paths): .steps(DiscreteQuantile(values: paths.map { .string($0) }, weights: nil))
            case .integerUniform(let min, let max): .integers(IntegerRange(min: min, max: max))
            case .empirical(let values, interpolate: false): .real(ObservedValues(values))
            default: .real(distribution.continuous!)
            }
    }

    /// Nil for values that are not all floats.
    var real: (any RealDistribution)? {
        if case .real(let distribution) = form { distribution } else { nil }
    }

    /// The value that a share `u` of all draws lies below; 0 < u < 1.
    func callAsFunction(_ u: Double) -> ParameterValue {
        switch form {
        case .real(let distribution): .number(distribution.quantile(u))
        case .steps(let steps): steps(u)
        case .integers(let range): .integer(range(u))
        case .constant(let value): value
        }
    }
}

/// Whole numbers, each equally likely.
struct IntegerRange {
    let min: Int64
    /// How many there are.
    let count: Double

    init(min: Int64, max: Int64) {
        precondition(min <= max && max - min < 1 << 53, "a range of integers holds between 1 and 2⁵³ of them")
        (self.min, count) = (min, Double(max - min + 1))
    }

    func callAsFunction(_ u: Double) -> Int64 { min + Int64(Swift.min((u * count).rounded(.down), count - 1)) }
}
