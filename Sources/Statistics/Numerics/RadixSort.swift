/// Sorts numbers by the digits of their bit patterns, several times as fast as by comparisons where there are many of them.
enum RadixSort {
    /// The numbers in ascending order; none may be NaN. It takes twice as much memory again while it works.
    static func sorted(_ numbers: [Double]) -> [Double] {
        // For few numbers the passes cost more than they save.
        guard numbers.count > 2_000 else { return numbers.sorted() }
        var keys = numbers.map(key)
        var other = [UInt64](repeating: 0, count: keys.count)
        var counts = [Int](repeating: 0, count: passes << digitBits)
        for key in keys {
            for pass in 0..<passes { counts[pass << digitBits | digit(pass, of: key)] += 1 }
        }
        for pass in 0..<passes {
            let first = pass << digitBits
            // A digit that all numbers share orders nothing.
            if counts[first | digit(pass, of: keys[0])] == keys.count { continue }
            var total = 0
            for bucket in first..<(first + 1 << digitBits) { (counts[bucket], total) = (total, total + counts[bucket]) }
            for key in keys {
                let bucket = first | digit(pass, of: key)
                other[counts[bucket]] = key
                counts[bucket] += 1
            }
            swap(&keys, &other)
        }
        return keys.map(number)
    }

    /// The indices that sort the numbers in ascending order, of which none may be NaN; equal numbers, among them both zeros,
    /// stay in the order they came in. There may be at most 2³² of them.
    static func order(_ numbers: [Double]) -> [Int] {
        struct Entry {
            var key: UInt64
            var index: UInt32
        }
        // The sum makes −0 the other zero.
        var entries = numbers.enumerated().map { Entry(key: key($0.element + 0), index: UInt32($0.offset)) }
        var other = entries
        var counts = [Int](repeating: 0, count: passes << digitBits)
        for entry in entries {
            for pass in 0..<passes { counts[pass << digitBits | digit(pass, of: entry.key)] += 1 }
        }
        for pass in 0..<passes where !entries.isEmpty {
            let first = pass << digitBits
            if counts[first | digit(pass, of: entries[0].key)] == entries.count { continue }
            var total = 0
            for bucket in first..<(first + 1 << digitBits) { (counts[bucket], total) = (total, total + counts[bucket]) }
            for entry in entries {
                let bucket = first | digit(pass, of: entry.key)
                other[counts[bucket]] = entry
                counts[bucket] += 1
            }
            swap(&entries, &other)
        }
        return entries.map { Int($0.index) }
    }

    private static let digitBits = 11
    private static let passes = 6

    @inline(__always)
    private static func digit(_ pass: Int, of key: UInt64) -> Int {
        Int(truncatingIfNeeded: key &>> UInt64(pass &* digitBits)) & (1 << digitBits - 1)
    }

    /// A whole number that is larger for a larger number: negative ones have all bits turned, others the sign bit.
    @inline(__always)
    private static func key(_ number: Double) -> UInt64 {
        let bits = number.bitPattern
        return bits ^ (bits >> 63 == 0 ? 1 << 63 : .max)
    }

    @inline(__always)
    private static func number(_ key: UInt64) -> Double {
        Double(bitPattern: key ^ (key >> 63 == 0 ? .max : 1 << 63))
    }
}
