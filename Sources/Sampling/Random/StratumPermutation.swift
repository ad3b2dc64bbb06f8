/// A keyed pseudo-random permutation of 0..<count, computed for any index by itself.
///
/// Few strata are shuffled into a table (Fisher–Yates), where every permutation is equally likely. Many go through a
/// Feistel network on ℤ/a × ℤ/b with a·b just above `count`, walking the cycle until it is back inside (Black and
/// Rogaway, "Ciphers with arbitrary finite domains", CT-RSA 2002); as a·b − count < a ≈ √count, it rarely has to.
struct StratumPermutation {
    private static let largestTable: UInt64 = 256
    private static let rounds = 6

    private let count: UInt64
    private let rows: UInt64
    private let columns: UInt64
    private let keys: [UInt64]
    private let table: [UInt8]

    init(count: Int, stream: Stream) {
        precondition(count > 0 && UInt64(count) < 1 << 62, "a design has between 1 and 2⁶² strata")
        self.count = UInt64(count)
        if self.count <= Self.largestTable {
            var table = (0..<count).map { UInt8($0) }
            for last in stride(from: count - 1, to: 0, by: -1) {
                let other = stream.bits(at: UInt64(last)).multipliedFullWidth(by: UInt64(last + 1)).high
                table.swapAt(last, Int(other))
            }
            self.table = table
            keys = []
            (rows, columns) = (0, 0)
        } else {
            table = []
            keys = (0..<Self.rounds).map { stream.bits(at: UInt64($0)) }
            rows = Self.ceilingOfSquareRoot(self.count)
            columns = (self.count + rows - 1) / rows
        }
    }

    @inline(__always)
    func callAsFunction(_ index: Int) -> Int {
        precondition(index >= 0 && UInt64(index) < count, "the run index lies outside the design")
        if usesTable { return Int(table[index]) }
        return withNetwork { network in
            var value = UInt64(index)
            repeat { value = network.encipher(network.place(of: value)) } while value >= network.count
            return Int(value)
        }
    }

    var usesTable: Bool { !table.isEmpty }

    /// For many strata only.
    @inline(__always)
    func withNetwork<R>(_ body: (FeistelNetwork) -> R) -> R {
        keys.withUnsafeBufferPointer { keys in
            body(FeistelNetwork(count: count, rows: rows, columns: columns, keys: keys))
        }
    }

    private static func ceilingOfSquareRoot(_ value: UInt64) -> UInt64 {
        var root = UInt64(Double(value).squareRoot())
        while root * root < value { root += 1 }
        while root > 1 && (root - 1) * (root - 1) >= value { root -= 1 }
        return root
    }
}

extension StratumPermutation {
    /// The strata of runs `first`, `first` + 1, …, one for each element of `strata`.
    ///
    /// - Parameter scratch: at least as large as `strata`.
    func fill(
        _ strata: UnsafeMutableBufferPointer<UInt64>, from first: Int, _ scratch: UnsafeMutableBufferPointer<UInt64>
    ) {
        guard !usesTable else {
            for index in strata.indices { strata[index] = UInt64(self(first + index)) }
            return
        }
        withNetwork { network in
            // Row and column go on by themselves, without a division for each run.
            let (rows, columns) = (strata, scratch)
            var place = network.place(of: UInt64(first))
            for index in strata.indices {
                (rows[index], columns[index]) = (place.row, place.column)
                place = network.next(place)
            }
            // One pair of rounds over all of them after the other: within one run each step waits for the one before.
            for round in stride(from: 0, to: network.keys.count, by: 2) {
                for index in strata.indices {
                    var place = FeistelNetwork.Place(row: rows[index], column: columns[index])
                    network.mix(&place, round)
                    (rows[index], columns[index]) = (place.row, place.column)
                }
            }
            for index in strata.indices {
                var value = network.value(of: FeistelNetwork.Place(row: rows[index], column: columns[index]))
                while value >= network.count { value = network.encipher(network.place(of: value)) }
                strata[index] = value
            }
        }
    }
}

/// The cipher of many strata: a permutation of the places of a table with `rows` × `columns` of them, at least `count`.
struct FeistelNetwork {
    struct Place {
        var row: UInt64
        var column: UInt64
    }

    let count: UInt64
    let rows: UInt64
    let columns: UInt64
    /// An even number of them.
    let keys: UnsafeBufferPointer<UInt64>

    @inline(__always)
    func place(of value: UInt64) -> Place {
        let (row, column) = value.quotientAndRemainder(dividingBy: columns)
        return Place(row: row, column: column)
    }

    @inline(__always)
    func next(_ place: Place) -> Place {
        place.column + 1 == columns ? Place(row: place.row + 1, column: 0) : Place(row: place.row, column: place.column + 1)
    }

    @inline(__always)
    func encipher(_ place: Place) -> UInt64 {
        var place = place
        for round in stride(from: 0, to: keys.count, by: 2) { mix(&place, round) }
        return value(of: place)
    }

    /// Two rounds, `round` and the one after it.
    @inline(__always)
    func mix(_ place: inout Place, _ round: Int) {
        place.row = Self.shift(place.row, by: place.column, key: keys[round], modulus: rows)
        place.column = Self.shift(place.column, by: place.row, key: keys[round + 1], modulus: columns)
    }

    @inline(__always)
    func value(of place: Place) -> UInt64 { place.row * columns + place.column }

    @inline(__always)
    private static func shift(_ value: UInt64, by other: UInt64, key: UInt64, modulus: UInt64) -> UInt64 {
        let sum = value + mix64(other &+ key).multipliedFullWidth(by: modulus).high
        return sum >= modulus ? sum - modulus : sum
    }
}
