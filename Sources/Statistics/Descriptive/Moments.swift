import Glibc

/// Count, mean, spread and shape of a stream of values, in constant memory. NaN stands for a run without an answer: it is
/// counted and otherwise left out.
///
/// Values are taken in blocks, each with its own mean, whose central moments are then combined by the formulas of Pébay,
/// "Formulas for robust, one-pass parallel computation of covariances and arbitrary-order statistical moments" (Sandia
/// SAND2008-6212). All of them are measured from one of the values, so that a mean far from 0 costs no digits of the spread.
/// Accumulators of parts of a study can be combined in any order.
package struct Moments: Sendable, Hashable {
    /// The number of values that are not NaN.
    package private(set) var count = 0
    /// The number of NaN.
    package private(set) var missing = 0
    /// ∞ without any value.
    package private(set) var minimum = Double.infinity
    /// −∞ without any value.
    package private(set) var maximum = -Double.infinity
    /// A finite value of the stream, from which all others are measured.
    private var origin = 0.0
    /// The mean's distance from the origin.
    private var centre = 0.0
    // Sums of the second, third and fourth powers of the distances from the mean.
    private var second = 0.0
    private var third = 0.0
    private var fourth = 0.0

    package init() {}

    package init(_ values: [Double]) { add(contentsOf: values.span) }

    /// The mean; NaN without any value, and with an infinite one.
    package var mean: Double { count > 0 ? origin + centre : .nan }

    /// The variance of the distribution that the values are drawn from, with the divisor n − 1; NaN for fewer than two values.
    package var variance: Double { count > 1 ? second / Double(count - 1) : .nan }

    package var standardDeviation: Double { variance.squareRoot() }

    /// The standard deviation of the mean, s/√n.
    package var standardError: Double { (variance / Double(count)).squareRoot() }

    /// The third standardised moment m₃/m₂^(3/2), with the divisor n throughout; NaN where all values are equal.
    package var skewness: Double {
        let n = Double(count)
        return count > 0 && second > 0 ? third / n / pow(second / n, 1.5) : .nan
    }

    /// The fourth standardised moment less that of the normal distribution, m₄/m₂² − 3, with the divisor n throughout.
    package var excessKurtosis: Double {
        count > 0 && second > 0 ? Double(count) * fourth / (second * second) - 3 : .nan
    }

    /// The two-sided interval of the mean by Student's t; unbounded for fewer than two values. It is exact for normal values
    /// and a good approximation for many others.
    ///
    /// Traps unless the confidence is strictly between 0 and 1.
    package func meanInterval(confidence: Double) -> Interval {
        precondition(confidence > 0 && confidence < 1, "a confidence lies strictly between 0 and 1")
        guard count > 1 else { return Interval(-.infinity, .infinity) }
        let t = StudentDistribution(degreesOfFreedom: Double(count - 1)).upperQuantile(0.5 * (1 - confidence))
        return Interval(mean - t * standardError, mean + t * standardError)
    }

    package mutating func add(_ value: Double) {
        if value.isNaN { missing += 1 } else { combine(Moments(repeating: value, count: 1)) }
    }

    package mutating func add(contentsOf values: [Double]) { add(contentsOf: values.span) }

    package mutating func add(contentsOf values: Span<Double>) {
        var numbers = InlineArray<512, Double>(repeating: 0)
        var start = 0
        while start < values.count {
            let end = min(start + numbers.count, values.count)
            var filled = 0
            for index in start..<end {
                let value = values[index]
                // Written in any case, and then written over unless it is a number.
                numbers[filled] = value
                filled += value.isNaN ? 0 : 1
            }
            missing += end - start - filled
            if filled > 0 { combine(Moments(block: numbers.span.extracting(first: filled))) }
            start = end
        }
    }

    /// Takes in what another accumulator has seen.
    package mutating func combine(_ other: Moments) {
        missing += other.missing
        guard other.count > 0 else { return }
        guard count > 0 else {
            let missing = missing
            self = other
            self.missing = missing
            return
        }
        let (a, b) = (Double(count), Double(other.count))
        let n = a + b
        let delta = (other.origin - origin) + (other.centre - centre)
        let (share, step) = (a * b / n, delta / n)
        fourth += other.fourth + delta * step * step * step * a * b * (a * a - a * b + b * b)
            + 6 * step * step * (a * a * other.second + b * b * second) + 4 * step * (a * other.third - b * third)
        third += other.third + delta * step * step * a * b * (a - b) + 3 * step * (a * other.second - b * second)
        second += other.second + delta * delta * share
        centre += step * b
        count += other.count
        minimum = min(minimum, other.minimum)
        maximum = max(maximum, other.maximum)
    }

    /// So many runs with one value.
    init(repeating value: Double, count: Int) {
        guard count > 0 else { return }
        self.count = count
        if value.isFinite { origin = value } else { centre = value }
        (minimum, maximum) = (value, value)
    }

    /// The moments of a few hundred numbers, in two passes.
    private init(block: Span<Double>) {
        count = block.count
        for index in block.indices where block[index].isFinite {
            origin = block[index]
            break
        }
        let (n, origin) = (Double(count), origin)
        var sums = SIMD4<Double>.zero
        var (low, high) = (SIMD4(repeating: block[0]), SIMD4(repeating: block[0]))
        Self.forEachFour(of: block, from: origin) { four, distance in
            sums += distance
            low.replace(with: four, where: four .< low)
            high.replace(with: four, where: four .> high)
        }
        let mean = sums.sum() / n

        var (first, squares, cubes, fourths) = (SIMD4<Double>.zero, SIMD4<Double>.zero, SIMD4<Double>.zero, SIMD4<Double>.zero)
        Self.forEachFour(of: block, from: origin, less: mean) { _, distance in
            let square = distance * distance
            first += distance
            squares += square
            cubes += square * distance
            fourths += square * square
        }
        // What rounding of the mean left over.
        let rest = first.sum() / n
        centre = mean + rest
        second = squares.sum() - n * rest * rest
        third = cubes.sum() - 3 * rest * squares.sum()
        fourth = fourths.sum() - 4 * rest * cubes.sum()
        (minimum, maximum) = (low.min(), high.max())
    }

    /// Calls `body` with four values of the block at a time, and with their distances from a point; at the end of the block
    /// values are repeated, and their distances are 0.
    @inline(__always)
    private static func forEachFour(
        of block: Span<Double>, from origin: Double, less mean: Double = 0,
        _ body: (_ four: SIMD4<Double>, _ distance: SIMD4<Double>) -> Void
    ) {
        var index = 0
        while index + 4 <= block.count {
            let four = SIMD4(block[index], block[index + 1], block[index + 2], block[index + 3])
            body(four, (four - origin) - mean)
            index += 4
        }
        guard index < block.count else { return }
        var four = SIMD4(repeating: block[index])
        var distance = SIMD4<Double>.zero
        for lane in 0..<(block.count - index) {
            four[lane] = block[index + lane]
            distance[lane] = (four[lane] - origin) - mean
        }
        body(four, distance)
    }
}
