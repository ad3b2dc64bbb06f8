/// Halton's sequence: coordinate j of point i has the digits of i in base p_j, the j-th prime, mirrored at the point.
///
/// Without a seed the points are those of `scipy.stats.qmc.Halton(d, scramble=False)`. With one, each digit of each
/// coordinate is replaced by a random permutation of the base's digits, one permutation for each place (Owen, "A randomized
/// Halton algorithm in R", arXiv:1706.02808, 2017). A parameter's permutations are keyed by its name; its base follows from
/// its place in the list.
struct Halton: Design {
    static var mostDimensions: Int { primes.count }
    private static let primes = firstPrimes(1024)

    private struct Coordinate {
        let base: Int
        /// Of the first, second, … digit; none without scrambling.
        var permutations: [StratumPermutation] = []
        /// What all digits from this place on are worth together if they are zero; one more than there are permutations.
        var tails: [Double] = []
    }

    private let coordinates: [Coordinate]

    init(_ names: [String], scrambledBy seed: UInt64?) {
        precondition(names.count <= Self.mostDimensions, "there are bases for \(Self.mostDimensions) dimensions")
        coordinates = zip(names, Self.primes).map { name, base in
            guard let seed else { return Coordinate(base: base) }
            let stream = Stream(seed: seed, purpose: .scramble, name: name)
            let permutations = (0..<Self.digits(base)).map { StratumPermutation(count: base, stream: stream.part($0)) }
            return Coordinate(base: base, permutations: permutations, tails: Self.tails(permutations, base))
        }
    }

    /// As many as a double distinguishes.
    private static func digits(_ base: Int) -> Int {
        var (count, product) = (0, 1)
        while product < 1 << 54 {
            product *= base
            count += 1
        }
        return count
    }

    private static func tails(_ permutations: [StratumPermutation], _ base: Int) -> [Double] {
        // Beyond the last digit lies the middle of what is left.
        var tails = [0.5]
        for permutation in permutations.reversed() { tails.append((Double(permutation(0)) + tails.last!) / Double(base)) }
        return tails.reversed()
    }

    func probability(of axis: Int, run: Int) -> Double {
        let coordinate = coordinates[axis]
        return coordinate.permutations.isEmpty ? Self.plain(run, coordinate.base) : Self.scrambled(run, coordinate)
    }

    /// The coordinate in [0, 1), by the same sum as scipy's, to the last bit; the origin, which has no quantile, is moved as
    /// Sobol's is.
    static func plain(_ run: Int, _ base: Int) -> Double {
        guard run > 0 else { return 0x1p-33 }
        var (rest, weight, sum) = (run, 1 / Double(base), 0.0)
        while rest > 0 {
            sum += Double(rest % base) * weight
            weight /= Double(base)
            rest /= base
        }
        return sum
    }

    private static func scrambled(_ run: Int, _ coordinate: Coordinate) -> Double {
        let base = coordinate.base
        var (rest, digits, places) = (run, 0, 0)
        // The digits, mirrored: all of them fit, as a run's index is far below 2⁵⁴.
        while rest > 0 {
            digits = digits * base + coordinate.permutations[places](rest % base)
            rest /= base
            places += 1
        }
        var power = 1.0
        for _ in 0..<places { power *= Double(base) }
        let u = (Double(digits) + coordinate.tails[places]) / power
        return min(max(u, 0x1p-53), 1 - 0x1p-53)
    }

    private static func firstPrimes(_ count: Int) -> [Int] {
        var primes: [Int] = []
        var candidate = 2
        while primes.count < count {
            if primes.allSatisfy({ candidate % $0 != 0 || $0 * $0 > candidate }) { primes.append(candidate) }
            candidate += 1
        }
        return primes
    }
}
