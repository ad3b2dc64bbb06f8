/// A density that rises linearly from `min` to `mode` and falls linearly to `max`.
struct Triangular: RealDistribution {
    private let min: Double
    private let mode: Double
    private let max: Double
    /// The probability below the mode.
    private let modeShare: Double

    init(min: Double, mode: Double, max: Double) {
        (self.min, self.mode, self.max) = (min, mode, max)
        modeShare = max > min ? (mode - min) / (max - min) : 0
    }

    func quantile(_ p: Double) -> Double { p < modeShare ? left(p) : right(1 - p) }
    func quantile(above q: Double) -> Double { 1 - q < modeShare ? left(1 - q) : right(q) }

    private func left(_ p: Double) -> Double { min + (p * (max - min) * (mode - min)).squareRoot() }
    private func right(_ q: Double) -> Double { max - (q * (max - min) * (max - mode)).squareRoot() }

    func tails(at x: Double) -> Tails {
        guard x > min else { return .allAbove }
        guard x < max else { return .allBelow }
        return x < mode
            ? .below((x - min) / (max - min) * ((x - min) / (mode - min)))
            : .above((max - x) / (max - min) * ((max - x) / (max - mode)))
    }

    var knots: [Double] { [min, mode, max] }
}
