/// For each parameter exactly one run in each of `runs` strata of equal probability, at a uniformly random place in it
/// (McKay, Beckman and Conover, Technometrics 21, 1979).
struct LatinHypercube: Design {
    private struct Column {
        let jitter: Stream
        let strata: StratumPermutation
        /// How much of a stratum is left free at each end, see `init`.
        let margin: Double
    }

    private let columns: [Column]
    private let count: Double

    init(_ axes: [Axis], runs: Int, seed: UInt64) {
        let count = Double(runs)
        self.count = count
        columns = axes.map { axis in
            Column(
                jitter: Stream(seed: seed, purpose: .jitter, name: axis.name),
                strata: StratumPermutation(count: runs, stream: Stream(seed: seed, purpose: .strata, name: axis.name)),
                // Rounding must not carry a value over the edge of its stratum, in whichever order a reader computes the
                // stratum: a few units in the last place of u, and of the value itself where it is uniform. A stratum
                // with fewer doubles in it than that gets the one nearest to its centre.
                margin: min(0.5, count * (0x1p-50 + 2 * axis.resolution)))
        }
    }

    func probability(of axis: Int, run: Int) -> Double {
        let column = columns[axis]
        return (Double(column.strata(run)) + (column.margin + (1 - 2 * column.margin) * column.jitter.unit(at: run))) / count
    }

    func fill(_ values: UnsafeMutableBufferPointer<Double>, of axis: Int, from first: Int) {
        let column = columns[axis]
        column.jitter.fill(values, from: first)
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 2 * values.count) { scratch in
            let strata = UnsafeMutableBufferPointer(rebasing: scratch[..<values.count])
            column.strata.fill(strata, from: first, UnsafeMutableBufferPointer(rebasing: scratch[values.count...]))
            let (margin, room, count) = (column.margin, 1 - 2 * column.margin, count)
            for index in values.indices {
                values[index] = (Double(Int64(bitPattern: strata[index])) + (margin + room * values[index])) / count
            }
        }
    }
}
