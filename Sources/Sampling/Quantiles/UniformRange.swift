/// An interval and the map of [0, 1] onto it.
struct UniformRange {
    let min: Double
    let max: Double
    private let width: Double

    init(min: Double, max: Double) {
        (self.min, self.max, self.width) = (min, max, max - min)
    }

    /// min + u (max − min), in [min, max].
    func within(_ u: Double) -> Double {
        // A width past the largest double is halved twice.
        let x = width.isFinite ? min + width * u : 2 * (min / 2 + (max / 2 - min / 2) * u)
        return Swift.min(Swift.max(x, min), max)
    }

    /// The same, in [min, max).
    func below(_ u: Double) -> Double {
        let x = within(u)
        return x < max || min == max ? x : max.nextDown
    }

    /// How far two neighbouring doubles of this range are apart at most, as a share of its width.
    var resolution: Double {
        let spacing = Swift.max(min.magnitude, max.magnitude).ulp
        return width > 0 ? (width.isFinite ? spacing / width : 0x1p-52) : 0
    }
}
