/// Integrals over the standard normal distribution: Gauss and Legendre's rule with ten points on short pieces, which end where
/// the integrand is not smooth.
struct NormalQuadrature {
    /// Of integrands that are smooth everywhere.
    static let smooth = NormalQuadrature(cuts: [])

    /// Ascending, and symmetric about 0 if the cuts are.
    let points: [Double]
    /// Each with the density at its point.
    let weights: [Double]

    /// What lies further out has a probability of 10⁻³⁸.
    private static let limit = 13.0
    private static let longest = 0.25

    /// - Parameter cuts: where pieces end; any order.
    init(cuts: [Double]) {
        let edges = Set(cuts.filter { abs($0) < Self.limit } + stride(from: -Self.limit, through: Self.limit, by: Self.longest))
            .sorted()
        var (points, weights): ([Double], [Double]) = ([], [])
        for (low, high) in zip(edges, edges.dropFirst()) {
            let (centre, half) = (0.5 * (low + high), 0.5 * (high - low))
            for (place, weight) in Self.rule.reversed().map({ (-$0.0, $0.1) }) + Self.rule {
                points.append(centre + half * place)
                weights.append(half * weight * StandardNormal.density(points.last!))
            }
        }
        (self.points, self.weights) = (points, weights)
    }

    private static let rule = [
        (0.14887433898163122, 0.29552422471475287), (0.4333953941292472, 0.26926671930999635),
        (0.6794095682990244, 0.219086362515982),
        (0.8650633666889845, 0.1494513491505806), (0.9739065285171717, 0.0666713443086881),
    ]

    func integral(_ values: [Double]) -> Double {
        var sum = 0.0
        for (value, weight) in zip(values, weights) { sum += weight * value }
        return sum
    }

    /// The coefficients of the standardized `values` in normalized Hermite polynomials of the degrees 0, 1, …, `degree`.
    func hermiteCoefficients(_ values: [Double], degree: Int) -> [Double] {
        var coefficients = [Double](repeating: 0, count: degree + 1)
        let roots = (0...degree + 1).map { Double($0).squareRoot() }
        for (index, z) in points.enumerated() {
            let weighted = weights[index] * values[index]
            var (previous, current) = (0.0, 1.0)
            for k in 0...degree {
                coefficients[k] += weighted * current
                let next = (z * current - roots[k] * previous) / roots[k + 1]
                (previous, current) = (current, next)
            }
        }
        return coefficients
    }
}

extension RealDistribution {
    /// Where the integrals of this distribution are cut, as standard normal numbers.
    var normalCuts: [Double] {
        // Of so many pieces each is nearly a straight line.
        guard knots.count <= 1000 else { return [] }
        return knots.compactMap { knot in
            let tails = tails(at: knot)
            guard tails.below > 0, tails.above > 0 else { return nil }
            return tails.below < 0.5 ? StandardNormal.quantile(tails.below) : -StandardNormal.quantile(tails.above)
        }
    }
}
