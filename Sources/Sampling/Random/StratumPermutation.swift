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
        if !table.isEmpty { return Int(table[index]) }
        var value = UInt64(index)
        repeat { value = encipher(value) } while value >= count
        return Int(value)
    }

    @inline(__always)
    private func encipher(_ value: UInt64) -> UInt64 {
        var (row, column) = value.quotientAndRemainder(dividingBy: columns)
        keys.withUnsafeBufferPointer { keys in
            var round = 0
            while round < Self.rounds {
                row = Self.shift(row, by: column, key: keys[round], modulus: rows)
                column = Self.shift(column, by: row, key: keys[round + 1], modulus: columns)
                round += 2
            }
        }
        return row * columns + column
    }

    @inline(__always)
    private static func shift(_ value: UInt64, by other: UInt64, key: UInt64, modulus: UInt64) -> UInt64 {
        let sum = value + mix64(other &+ key).multipliedFullWidth(by: modulus).high
        return sum >= modulus ? sum - modulus : sum
    }

    private static func ceilingOfSquareRoot(_ value: UInt64) -> UInt64 {
        var root = UInt64(Double(value).squareRoot())
        while root * root < value { root += 1 }
        while root > 1 && (root - 1) * (root - 1) >= value { root -= 1 }
        return root
    }
}
