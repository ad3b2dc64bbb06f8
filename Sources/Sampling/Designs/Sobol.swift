/// Sobol's low-discrepancy sequence with the direction numbers of Joe and Kuo (SIAM J. Sci. Comput. 30, 2008), unscrambled
/// and in the order of Gray's code: the points of `scipy.stats.qmc.Sobol(d, scramble=False)`, for any d up to
/// `mostDimensions`. The batch's seed has no part in it. More runs continue the sequence of fewer; powers of 2 are balanced.
struct Sobol: Design {
    static let mostDimensions = SobolDirectionNumbers.polynomials.count
    /// The sequence repeats itself after 2³² points, far more than a batch has runs.
    private static let bits = SobolDirectionNumbers.bits
    private static let unit = 0x1p-32

    /// For each dimension `bits` words, of which bit b of the Gray code selects number b.
    private let directions: [UInt32]

    init(dimensions: Int) {
        directions = SobolDirectionNumbers.directions(dimensions: dimensions)
    }

    /// The coordinate in [0, 1), a multiple of 2⁻³².
    func coordinate(of axis: Int, run: Int) -> Double { Double(word(axis, run)) * Self.unit }

    /// The first point lies in the origin, where many distributions have no value: half a unit is put in its place.
    func probability(of axis: Int, run: Int) -> Double { Self.probability(word(axis, run)) }

    func fill(_ values: UnsafeMutableBufferPointer<Double>, of axis: Int, from first: Int) {
        guard !values.isEmpty else { return }
        var word = word(axis, first)
        for index in values.indices {
            values[index] = Self.probability(word)
            // The codes of neighbours differ in one bit.
            let change = (first + index + 1).trailingZeroBitCount
            if change < Self.bits { word ^= directions[axis * Self.bits + change] }
        }
    }

    private static func probability(_ word: UInt32) -> Double { word == 0 ? unit / 2 : Double(word) * unit }

    private func word(_ axis: Int, _ run: Int) -> UInt32 {
        var code = UInt32(run ^ (run >> 1))
        var word: UInt32 = 0
        while code != 0 {
            word ^= directions[axis * Self.bits + code.trailingZeroBitCount]
            code &= code - 1
        }
        return word
    }
}

/// What starts the recurrence of each dimension of Sobol's sequence.
enum SobolDirectionNumbers {
    struct Polynomial {
        /// Those between the first and the last, which are 1: the highest bit belongs to the second.
        let coefficients: UInt32
        /// The first direction numbers, as many as the degree, each odd.
        let initial: [UInt32]
    }

    static let polynomials: [Polynomial] = table.withUTF8Buffer { bytes in
        bytes.split(separator: UInt8(ascii: "\n")).map { line in
            let numbers = line.split(separator: UInt8(ascii: " ")).map { $0.reduce(0) { 10 * $0 + UInt32($1 - UInt8(ascii: "0")) } }
            return Polynomial(coefficients: numbers[0], initial: Array(numbers.dropFirst()))
        }
    }

    /// As many as there are direction numbers in each dimension.
    static let bits = 32

    /// For each dimension `bits` words, of which bit b of a point's Gray code selects number b.
    static func directions(dimensions: Int) -> [UInt32] {
        precondition(dimensions <= polynomials.count, "there are direction numbers for \(polynomials.count) dimensions")
        return polynomials.prefix(dimensions).flatMap(directions(of:))
    }

    /// Bratley and Fox, Algorithm 659 (ACM TOMS 14, 1988): `polynomial` gives a recurrence for all but the first numbers.
    private static func directions(of polynomial: Polynomial) -> [UInt32] {
        let degree = polynomial.initial.count
        // The first dimension, of degree 0, is van der Corput's sequence.
        var numbers = degree == 0 ? [UInt32](repeating: 1, count: bits) : polynomial.initial
        for index in numbers.count..<bits {
            var number = numbers[index - degree] ^ (numbers[index - degree] << UInt32(degree))
            for step in 1..<degree where polynomial.coefficients >> UInt32(degree - 1 - step) & 1 == 1 {
                number ^= numbers[index - step] << UInt32(step)
            }
            numbers.append(number)
        }
        return numbers.enumerated().map { $1 << UInt32(bits - 1 - $0) }
    }
}
