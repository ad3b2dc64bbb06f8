import Glibc

/// The p-value of a Kolmogorov–Smirnov distance, two-sided.
enum KolmogorovSmirnov {
    /// Exact up to this product of the sample sizes, which is about the number of additions that it takes.
    static let largestExactProduct = 10_000_000

    /// The probability that samples of `first` and `second` values of one continuous distribution are at least so far apart.
    /// Values that repeat make it larger than it should be, never smaller.
    static func pValue(distance: Double, _ first: Int, _ second: Int) -> Double {
        let product = first.multipliedReportingOverflow(by: second)
        if !product.overflow, product.partialValue <= largestExactProduct {
            return exact(distance, max(first, second), min(first, second))
        }
        return limit(correctedSize(Double(first) * Double(second) / Double(first + second)) * distance)
    }

    /// The probability that `count` values of a continuous distribution are at least so far from it; `count` is 4 or more.
    static func pValue(distance: Double, _ count: Int) -> Double {
        limit(correctedSize(Double(count)) * distance)
    }

    /// Stephens' correction of √n, Journal of the Royal Statistical Society B 32, 1970.
    private static func correctedSize(_ count: Double) -> Double {
        let root = count.squareRoot()
        return root + 0.12 + 0.11 / root
    }

    /// By counting: a random order of both samples is a path through the grid of how many of each have come, and the p-value is
    /// the probability that it leaves the band of smaller distances (Hodges, Arkiv för Matematik 3, 1958). Sums of
    /// probabilities of leaving, instead of staying, keep the digits of small values.
    private static func exact(_ distance: Double, _ first: Int, _ second: Int) -> Double {
        // |i/m − j/n| in units of 1/(m·n) is a whole number.
        let limit = Int((distance * Double(first) * Double(second)).rounded())
        guard limit > 0 else { return 1 }
        var leaves = [Double](repeating: 0, count: second + 2)
        leaves.withUnsafeMutableBufferPointer { leaves in
            for i in stride(from: first, through: 0, by: -1) {
                for j in stride(from: second, through: 0, by: -1) {
                    if abs(i * second - j * first) >= limit {
                        leaves[j] = 1
                    } else if i < first || j < second {
                        let (ofFirst, ofSecond) = (Double(first - i), Double(second - j))
                        leaves[j] = (ofFirst * leaves[j] + ofSecond * leaves[j + 1]) / (ofFirst + ofSecond)
                    } else {
                        leaves[j] = 0
                    }
                }
            }
        }
        return min(leaves[0], 1)
    }

    /// P[K > x] of Kolmogorov's limit distribution.
    private static func limit(_ x: Double) -> Double {
        if x < 0.2 { return 1 }
        var sum = 0.0
        if x < 1 {
            // The series that converges fast for small x.
            let scale = Double.pi * Double.pi / (8 * x * x)
            for odd in [1.0, 3, 5] { sum += exp(-odd * odd * scale) }
            return 1 - (2 * Double.pi).squareRoot() / x * sum
        }
        var sign = 2.0
        for term in [1.0, 2, 3, 4, 5] {
            sum += sign * exp(-2 * term * term * x * x)
            sign = -sign
        }
        return sum
    }
}
