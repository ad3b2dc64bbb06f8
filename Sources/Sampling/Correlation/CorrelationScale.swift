import LynxModel

/// Between a coefficient of correlation, as a user gives it, and the correlation of the normal numbers behind two parameters.
enum CorrelationScale {
    case spearman
    case kendall
    case pearson(LinearCorrelation)
    /// Of a pair whose values have no linear correlation, as one of them has no standard deviation.
    case undefined

    /// - Parameter scores: the two parameters, for Pearson's coefficient.
    init(_ kind: CorrelationSpec.Kind, _ scores: () -> (StandardizedDistribution?, StandardizedDistribution?)) {
        switch kind {
        case .spearman: self = .spearman
        case .kendall: self = .kendall
        case .pearson:
            guard case (let first?, let second?) = scores(), let linear = LinearCorrelation(first, second) else {
                self = .undefined
                return
            }
            self = .pearson(linear)
        }
    }

    /// Nil if no normal numbers give parameters this coefficient.
    func normal(_ coefficient: Double) -> Double? {
        switch self {
        case .spearman: 2 * Portable.sin(Portable.pi * coefficient / 6)
        case .kendall: Portable.sin(Portable.pi * coefficient / 2)
        case .pearson(let linear): linear.normal(for: coefficient)
        case .undefined: nil
        }
    }

    func coefficient(_ normal: Double) -> Double {
        switch self {
        case .spearman: 6 / Portable.pi * Portable.arcsin(normal / 2)
        case .kendall: 2 / Portable.pi * Portable.arcsin(normal)
        case .pearson(let linear): linear(normal: normal)
        case .undefined: 0
        }
    }

    var reachable: ClosedRange<Double> {
        if case .pearson(let linear) = self { linear.reachable } else { -1...1 }
    }
}

extension Distribution {
    /// Whether the mean square of its values is finite.
    var hasStandardDeviation: Bool {
        switch self {
        case .studentT(let df, _, _): df > 2
        case .mixture(let components): components.allSatisfy(\.distribution.hasStandardDeviation)
        case .truncated(let base, let min, let max): base.hasStandardDeviation || (min != nil && max != nil)
        default: true
        }
    }
}
