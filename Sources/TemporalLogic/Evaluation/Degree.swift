/// A robustness as an integer of the same order, in which a zero says whether the formula holds.
///
/// A relation that holds with nothing to spare has the degree +0, one that fails by nothing has −0, and −0 is below +0. Negation
/// reverses the order and all other operators choose the least or the greatest, so a formula holds exactly where its degree is +0
/// or more, also where the robustness is 0.
struct Degree: Comparable {
    /// Bits of the double; those of a negative one are flipped below the sign, so that they order like the numbers.
    private var order: Int64

    static let lowest = Degree(-.infinity)
    static let highest = Degree(.infinity)

    /// - Parameter robustness: not NaN.
    init(_ robustness: Double) {
        let bits = Int64(bitPattern: robustness.bitPattern)
        order = bits ^ ((bits >> 63) & .max)
    }

    /// The degree of a relation that holds by a margin, or fails by a negative one.
    ///
    /// - Parameter isStrict: whether it fails at 0.
    init(margin: Double, isStrict: Bool) { self.init(margin == 0 ? (isStrict ? -0.0 : 0.0) : margin) }

    private init(order: Int64) { self.order = order }

    /// With a zero that has no sign.
    var robustness: Double { Double(bitPattern: UInt64(bitPattern: order ^ ((order >> 63) & .max))) + 0 }

    var isSatisfied: Bool { order >= 0 }

    var negated: Degree { Degree(order: ~order) }

    static func < (left: Degree, right: Degree) -> Bool { left.order < right.order }
}
