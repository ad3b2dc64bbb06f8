/// How the linear correlation of two parameters follows from that of the normal numbers behind them (NORTA: Cario and
/// Nelson, "Modeling and generating random vectors with arbitrary marginal distributions and correlation matrix", 1997).
///
/// With each parameter as a series of Hermite polynomials of its normal number, the correlation of the parameters is
/// Σ aₖ bₖ ρᵏ (Mehler). At ρ = ±1, where the series converges slowest and where what can be reached ends, it is integrated
/// directly; what the series lacks there is put on the powers that follow its last.
struct LinearCorrelation {
    /// aₖ bₖ for k = 0, 1, …
    private let products: [Double]
    /// What the linear correlation can be: a pair that moves together does not do so linearly.
    let reachable: ClosedRange<Double>

    /// Nil where a parameter has no standard deviation that double precision holds.
    init?(_ first: StandardizedDistribution, _ second: StandardizedDistribution) {
        let cuts = first.cuts + second.cuts
        let quadrature = cuts.isEmpty ? .smooth : NormalQuadrature(cuts: cuts + cuts.map(-))
        let (x, y) = (first.values(on: quadrature), second.values(on: quadrature))
        let highest = quadrature.integral(zip(x, y).map { $0 * $1 })
        let lowest = quadrature.integral(zip(x, y.reversed()).map { $0 * $1 })
        guard lowest.isFinite, highest.isFinite, lowest < highest else { return nil }
        reachable = Swift.max(lowest, -1)...Swift.min(highest, 1)
        var products = zip(first.coefficients, second.coefficients).map { $0 * $1 }
        // The constant terms are 0 but for rounding.
        products[0] = 0
        let atOne = products.reduce(0, +)
        let atMinusOne = products.enumerated().reduce(0) { $0 + ($1.offset.isMultiple(of: 2) ? $1.element : -$1.element) }
        let (missingAbove, missingBelow) = (highest - atOne, lowest - atMinusOne)
        let (even, odd) = (0.5 * (missingAbove + missingBelow), 0.5 * (missingAbove - missingBelow))
        products += products.count.isMultiple(of: 2) ? [even, odd] : [odd, even]
        self.products = products
    }

    /// The linear correlation where the normal numbers have the correlation `normal`.
    func callAsFunction(normal: Double) -> Double {
        products.reversed().reduce(0) { $0 * normal + $1 }
    }

    /// The correlation that the normal numbers need; nil if none gives that.
    func normal(for linear: Double) -> Double? {
        // One that is meant to be the largest is taken for it.
        let slack = 1e-9
        guard linear > reachable.lowerBound - slack, linear < reachable.upperBound + slack else { return nil }
        return RootFinder.rising(from: -1, to: 1) { self(normal: $0) - linear }
    }
}

/// A distribution as a function of a standard normal number, shifted and scaled to mean 0 and standard deviation 1.
struct StandardizedDistribution {
    private let distribution: any RealDistribution
    private let mean: Double
    private let stdDev: Double
    let cuts: [Double]
    /// In normalized Hermite polynomials.
    let coefficients: [Double]
    /// At the points of the quadrature between its cuts.
    private let ownValues: [Double]

    private static let degree = 400

    /// Nil if it has no standard deviation that double precision holds.
    init?(_ distribution: any RealDistribution) {
        self.distribution = distribution
        cuts = distribution.normalCuts
        let quadrature = cuts.isEmpty ? .smooth : NormalQuadrature(cuts: cuts)
        let values = quadrature.points.map { distribution.quantile(atNormal: $0) }
        let centre = distribution.quantile(0.5)
        let deviations = values.map { $0 - centre }
        // No square may overflow.
        let largest = deviations.reduce(0) { Swift.max($0, $1.magnitude) }
        guard largest > 0, largest.isFinite else { return nil }
        let scaled = deviations.map { $0 / largest }
        let shift = quadrature.integral(scaled)
        let variance = quadrature.integral(scaled.map { ($0 - shift) * ($0 - shift) })
        guard variance > 1e-60 else { return nil }
        let spread = variance.squareRoot()
        (mean, stdDev) = (centre + shift * largest, spread * largest)
        ownValues = scaled.map { ($0 - shift) / spread }
        coefficients = quadrature.hermiteCoefficients(ownValues, degree: Self.degree)
    }

    /// At the points of a quadrature that is cut where this distribution is.
    func values(on quadrature: NormalQuadrature) -> [Double] {
        if quadrature.points.count == ownValues.count, cuts.isEmpty { return ownValues }
        return quadrature.points.map { (distribution.quantile(atNormal: $0) - mean) / stdDev }
    }
}
