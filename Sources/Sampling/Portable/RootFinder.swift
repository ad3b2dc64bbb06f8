/// Finds where a function crosses zero.
enum RootFinder {
    /// The x between `low` and `high` where `f`, which never falls, changes its sign, to about the last bit of x.
    ///
    /// Inverse quadratic interpolation where it can be trusted, else halving (Chandrupatla, Advances in Engineering
    /// Software 28, 1997). A search that is not over after `patience` steps goes on by halving the number of doubles left
    /// rather than the distance, which ends it within 64 more whatever the orders of magnitude.
    static func rising(from low: Double, to high: Double, _ f: (Double) -> Double) -> Double {
        guard low < high else { return low }
        // The newest estimate, one beyond the root, and the one before.
        var (x1, f1) = (high, f(high))
        var (x2, f2) = (low, f(low))
        if f1 <= 0 { return high }
        if f2 >= 0 { return low }
        var share = 0.5
        for _ in 0..<patience {
            // The distance between the largest doubles is none.
            let x = (x2 - x1).isFinite ? x1 + share * (x2 - x1) : x1 / 2 + x2 / 2
            let fx = f(x)
            if fx == 0 { return x }
            let (x3, f3): (Double, Double)
            if (fx > 0) == (f1 > 0) {
                (x3, f3) = (x1, f1)
            } else {
                (x3, f3) = (x2, f2)
                (x2, f2) = (x1, f1)
            }
            (x1, f1) = (x, fx)
            let best = abs(f1) < abs(f2) ? x1 : x2
            let least = best.ulp / abs(x2 - x1)
            if least > 0.5 { return best }
            let (place, level) = ((x1 - x2) / (x3 - x2), (f1 - f2) / (f3 - f2))
            share =
                level * level < place && (1 - level) * (1 - level) < 1 - place
                ? f1 / (f2 - f1) * (f3 / (f2 - f3)) + (x3 - x1) / (x2 - x1) * (f1 / (f3 - f1)) * (f2 / (f3 - f2)) : 0.5
            share = Swift.min(Swift.max(share, least), 1 - least)
        }
        var (below, above) = x1 < x2 ? (rank(x1), rank(x2)) : (rank(x2), rank(x1))
        while above - below > 1 {
            let middle = below + (above - below) / 2
            if f(number(middle)) < 0 { below = middle } else { above = middle }
        }
        return number(above)
    }

    private static let patience = 60

    /// The place of a number among all doubles.
    private static func rank(_ x: Double) -> UInt64 { x.sign == .minus ? ~x.bitPattern : x.bitPattern | 1 << 63 }

    private static func number(_ rank: UInt64) -> Double { Double(bitPattern: rank >> 63 == 1 ? rank & ~(1 << 63) : ~rank) }
}
