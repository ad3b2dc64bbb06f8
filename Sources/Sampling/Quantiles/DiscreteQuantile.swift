import LynxModel

/// One of a list of values, by cumulative weight.
struct DiscreteQuantile {
    let values: [ParameterValue]
    /// Running sums of the weights.
    private let sums: [Double]

    init(values: [ParameterValue], weights: [Double]?) {
        // A value without weight can never be drawn, also not by rounding.
        let pairs = values.indices.map { (values[$0], weights?[$0] ?? 1) }.filter { $0.1 > 0 }
        self.values = Self.ofOneType(pairs.map(\.0))
        var sum = 0.0
        sums = pairs.map { pair in
            sum += pair.1
            return sum
        }
        precondition(!pairs.isEmpty, "a discrete distribution has a value with a positive weight")
    }

    /// Numbers of which one is a float are floats: `[0.5, 1, 2]` gives a scenario no integers.
    static func ofOneType(_ values: [ParameterValue]) -> [ParameterValue] {
        var hasFloat = false
        for value in values {
            switch value {
            case .number: hasFloat = true
            case .integer: continue
            case .string, .bool: return values
            }
        }
        return hasFloat ? values.map(\.asFloat) : values
    }

    func callAsFunction(_ u: Double) -> ParameterValue {
        let target = u * sums[sums.count - 1]
        var (low, high) = (0, sums.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if sums[middle] > target { high = middle } else { low = middle + 1 }
        }
        return values[low]
    }
}
