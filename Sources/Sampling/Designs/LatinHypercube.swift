/// Blocks of runs, in each of which each parameter has exactly one run in each of `blockSize` strata of equal probability,
/// at a uniformly random place in it (McKay, Beckman and Conover, Technometrics 21, 1979).
///
/// The blocks are independent of each other: replicates, from which the variance of an estimate can be told.
struct LatinHypercube: Design {
    private struct Column {
        let jitter: Stream
        let order: Stream
        /// The order of the strata in the first block, and mostly the only one.
        let strata: StratumPermutation
        /// How much of a stratum is left free at each end, see `init`.
        let margin: Double
    }

    private let columns: [Column]
    private let size: Int

    init(_ axes: [Axis], blockSize: Int, seed: UInt64) {
        size = blockSize
        let count = Double(size)
        columns = axes.map { axis in
            let order = Stream(seed: seed, purpose: .strata, name: axis.name)
            return Column(
                jitter: Stream(seed: seed, purpose: .jitter, name: axis.name), order: order,
                strata: StratumPermutation(count: blockSize, stream: order),
                // Rounding must not carry a value over the edge of its stratum, in whichever order a reader computes the
                // stratum: a few units in the last place of u, and of the value itself where it is uniform. A stratum
                // with fewer doubles in it than that gets the one nearest to its centre.
                margin: min(0.5, count * (0x1p-50 + 2 * axis.resolution)))
        }
    }

    var blockSize: Int? { size }

    private func strata(_ column: Column, block: Int) -> StratumPermutation {
        block == 0 ? column.strata : StratumPermutation(count: size, stream: column.order.part(block))
    }

    func probability(of axis: Int, run: Int) -> Double {
        let column = columns[axis]
        let (block, place) = run.quotientAndRemainder(dividingBy: size)
        let stratum = Double(strata(column, block: block)(place))
        return (stratum + (column.margin + (1 - 2 * column.margin) * column.jitter.unit(at: run))) / Double(size)
    }

    func fill(_ values: UnsafeMutableBufferPointer<Double>, of axis: Int, from first: Int) {
        let column = columns[axis]
        column.jitter.fill(values, from: first)
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 2 * values.count) { buffer in
            var start = 0
            while start < values.count {
                let (block, place) = (first + start).quotientAndRemainder(dividingBy: size)
                let end = min(values.count, start + size - place)
                let strata = UnsafeMutableBufferPointer(rebasing: buffer[start..<end])
                self.strata(column, block: block).fill(
                    strata, from: place, UnsafeMutableBufferPointer(rebasing: buffer[values.count...]))
                start = end
            }
            let (margin, room, count) = (column.margin, 1 - 2 * column.margin, Double(size))
            for index in values.indices {
                values[index] = (Double(Int64(bitPattern: buffer[index])) + (margin + room * values[index])) / count
            }
        }
    }
}
