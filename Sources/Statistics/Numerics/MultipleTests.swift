/// Holm's step-down rule for several tests at once: Holm, "A simple sequentially rejective multiple test procedure",
/// Scandinavian Journal of Statistics 6 (1979). It holds however the tests depend on each other.
package enum Holm {
    /// The adjusted p-values, in the order of the given ones: those at most α may be rejected, and the probability of any false
    /// rejection among them is at most α.
    package static func adjusted(_ pValues: [Double]) -> [Double] { HolmFamily(pValues: pValues).adjusted }
}

/// A family of tests in the order of their p-values.
struct HolmFamily: Sendable {
    let adjusted: [Double]
    /// The place of each test in ascending order of p-values, from 0.
    private let places: [Int]

    init(pValues: [Double]) {
        let order = pValues.indices.sorted { (pValues[$0], $0) < (pValues[$1], $1) }
        var adjusted = [Double](repeating: 1, count: pValues.count)
        var places = [Int](repeating: 0, count: pValues.count)
        var largest = 0.0
        for (place, index) in order.enumerated() {
            largest = min(1, max(largest, Double(pValues.count - place) * pValues[index]))
            (adjusted[index], places[index]) = (largest, place)
        }
        self.adjusted = adjusted
        self.places = places
    }

    /// The level to which the rule holds a single test: α over the number of tests not rejected before it.
    func level(of index: Int, risk: Double) -> Double {
        let rejected = adjusted.count { ShareRequirement.isWithin($0, risk) }
        return risk / Double(adjusted.count - min(places[index], rejected))
    }
}

/// Control of the false discovery rate: Benjamini and Hochberg, Journal of the Royal Statistical Society B 57(1), 1995. It holds
/// for independent tests, and for those that depend on each other positively.
package enum FalseDiscoveries {
    /// The smallest rate at which each test would be a discovery.
    package static func qValues(_ pValues: [Double]) -> [Double] {
        var qValues = [Double](repeating: 1, count: pValues.count)
        var smallest = 1.0
        for (place, test) in Ranks.order(pValues).enumerated().reversed() {
            smallest = min(smallest, pValues[test] * Double(pValues.count) / Double(place + 1))
            qValues[test] = smallest
        }
        return qValues
    }
}
