/// Elementary functions made of additions, multiplications, divisions and square roots alone, all of which IEEE 754
/// rounds the same way everywhere. A C library's `log` and `exp` may differ in the last bit between versions and
/// processors, and with them the samples of one seed. Errors are below about 1 unit in the last place.
enum Portable {
    // ln 2 in two parts; the first has eleven trailing zero bits, so that its product with an exponent is exact.
    private static let ln2High = 0x1.62e42fefa3800p-1
    private static let ln2Low = 0x1.ef35793c76730p-45

    /// Natural logarithm; −∞ at 0 and NaN below it.
    static func log(_ x: Double) -> Double {
        guard x > 0, x.isFinite else { return x == 0 ? -.infinity : x < 0 ? .nan : x }
        var exponent = Double(x.exponent)
        var mantissa = x.significand
        if mantissa > 1.4142135623730951 {
            mantissa *= 0.5
            exponent += 1
        }
        return logNearOne(mantissa - 1, exponent: exponent)
    }

    /// ln(1 + x), accurate for small x.
    static func log1p(_ x: Double) -> Double {
        if x > -0.2928, x < 0.4142 { return logNearOne(x, exponent: 0) }
        let sum = 1 + x
        guard sum > 0, sum.isFinite else { return log(sum) }
        // What the sum lost in rounding, to first order.
        return log(sum) + (x - (sum - 1)) / sum
    }

    /// exponent·ln 2 + ln(1 + f) for 1 + f between √½ and √2.
    private static func logNearOne(_ f: Double, exponent: Double) -> Double {
        let correction = excess(f)
        if exponent == 0 { return f - correction }
        return exponent * ln2High - ((correction - exponent * ln2Low) - f)
    }

    /// f − ln(1 + f) for 1 + f between √½ and √2, by ln(1 + f) = 2 artanh(f / (2 + f)).
    private static func excess(_ f: Double) -> Double {
        let s = f / (2 + f)
        let z = s * s
        // 2 artanh(s) − 2s = s·Σ 2zᵏ/(2k + 1), k ≥ 1; z ≤ 0.0295.
        var series = 2.0 / 23
        series = series * z + 2.0 / 21
        series = series * z + 2.0 / 19
        series = series * z + 2.0 / 17
        series = series * z + 2.0 / 15
        series = series * z + 2.0 / 13
        series = series * z + 2.0 / 11
        series = series * z + 2.0 / 9
        series = series * z + 2.0 / 7
        series = series * z + 2.0 / 5
        series = series * z + 2.0 / 3
        series *= z
        // 2s = f − s·f; adding the largest term last keeps the error of the small ones small.
        return s * (f - series)
    }

    /// x − ln(1 + x), accurate for small x too, where the two are nearly the same.
    static func log1pExcess(_ x: Double) -> Double { x > -0.2928 && x < 0.4142 ? excess(x) : x - log1p(x) }

    /// eˣ; overflows to ∞ and underflows gradually to 0.
    static func exp(_ x: Double) -> Double {
        guard x < 709.782712893384 else { return x.isNaN ? x : .infinity }
        guard x > -745.2 else { return 0 }
        let k = (x * 1.4426950408889634).rounded()
        let r = (x - k * ln2High) - k * ln2Low
        // eʳ by its Taylor series; |r| ≤ 0.347 makes the 14th term 4e-18.
        var series = 1.0 / 6_227_020_800
        series = series * r + 1.0 / 479_001_600
        series = series * r + 1.0 / 39_916_800
        series = series * r + 1.0 / 3_628_800
        series = series * r + 1.0 / 362_880
        series = series * r + 1.0 / 40_320
        series = series * r + 1.0 / 5_040
        series = series * r + 1.0 / 720
        series = series * r + 1.0 / 120
        series = series * r + 1.0 / 24
        series = series * r + 1.0 / 6
        series = series * r + 0.5
        return Double(sign: .plus, exponent: Int(k), significand: 1 + (r + r * r * series))
    }

    /// eˣ − 1, accurate for small x.
    static func expm1(_ x: Double) -> Double {
        guard abs(x) < 0.35 else { return exp(x) - 1 }
        var term = x
        var sum = 0.0
        var n = 1.0
        while abs(term) > 1e-18 * abs(x) {
            sum += term
            n += 1
            term *= x / n
        }
        return sum
    }

    /// xʸ for x ≥ 0; its relative error grows with |y ln x|.
    static func pow(_ x: Double, _ y: Double) -> Double {
        y == 1 ? x : x == 0 ? (y > 0 ? 0 : .infinity) : exp(y * log(x))
    }
}
