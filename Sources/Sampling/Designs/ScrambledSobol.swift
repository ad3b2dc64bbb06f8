/// Sobol's sequence, randomized by the batch's seed: random linear matrix scrambling (Matoušek, Journal of Complexity 14,
/// 1998) and a random digital shift, as in scipy's `qmc.Sobol(d, scramble=True)`. Every point is uniform in the cube, any
/// 2ⁿ runs that begin at a multiple of 2ⁿ are as balanced as the plain sequence's, and other seeds give independent replicates.
///
/// A coordinate's bits are multiplied by a random lower triangular matrix with ones on its diagonal, then some are flipped.
/// Matrix and shift are keyed by the parameter's name; the sequence's dimension follows from its place in the list.
struct ScrambledSobol: Design {
    static var mostDimensions: Int { Sobol.mostDimensions }
    private static let bits = SobolDirectionNumbers.bits

    /// For each dimension `bits` words, scrambled.
    private let directions: [UInt64]
    private let shifts: [UInt64]

    /// - Parameter copies: how many coordinates each name has; all first ones come before all second ones.
    init(_ names: [String], copies: Int = 1, seed: UInt64) {
        let plain = SobolDirectionNumbers.directions(dimensions: copies * names.count)
        let streams = names.map { Stream(seed: seed, purpose: .scramble, name: $0) }
        let parts = (0..<copies).flatMap { copy in streams.map { $0.part(copy) } }
        directions = parts.enumerated().flatMap { dimension, stream in
            let matrix = Self.matrix(stream)
            return plain[dimension * Self.bits..<(dimension + 1) * Self.bits].map { Self.product(matrix, $0) }
        }
        shifts = parts.map { $0.bits(at: UInt64(Self.bits)) }
    }

    /// The columns of the matrix: column j has a one in row j, and random bits in the rows below it, as many as a word has.
    private static func matrix(_ stream: Stream) -> [UInt64] {
        (0..<bits).map { (1 << 63 | stream.bits(at: UInt64($0)) >> 1) >> UInt64($0) }
    }

    private static func product(_ matrix: [UInt64], _ word: UInt32) -> UInt64 {
        var (rest, sum) = (word, 0 as UInt64)
        while rest != 0 {
            let column = rest.leadingZeroBitCount
            sum ^= matrix[column]
            rest ^= 1 << UInt32(bits - 1 - column)
        }
        return sum
    }

    private func word(_ axis: Int, _ run: Int) -> UInt64 {
        var code = UInt32(truncatingIfNeeded: run ^ (run >> 1))
        var word = shifts[axis]
        while code != 0 {
            word ^= directions[axis * Self.bits + code.trailingZeroBitCount]
            code &= code - 1
        }
        return word
    }

    func probability(of axis: Int, run: Int) -> Double { Philox.openUnit(word(axis, run)) }

    func fill(_ values: UnsafeMutableBufferPointer<Double>, of axis: Int, from first: Int) {
        guard !values.isEmpty else { return }
        var word = word(axis, first)
        for index in values.indices {
            values[index] = Philox.openUnit(word)
            // The codes of neighbours differ in one bit.
            let change = (first + index + 1).trailingZeroBitCount
            if change < Self.bits { word ^= directions[axis * Self.bits + change] }
        }
    }
}
