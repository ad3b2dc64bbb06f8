/// A stream of random numbers that is a function of a seed and a key, so that any stream can be made again by itself:
/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014), started where its
/// own mixing function puts the key.
package struct CounterRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64, key: [UInt64] = []) {
        state = key.reduce(Self.mix(seed)) { Self.mix(($0 &+ Self.increment) ^ Self.mix($1)) }
    }

    package mutating func next() -> UInt64 {
        state &+= Self.increment
        return Self.mix(state)
    }

    /// A number strictly between 0 and 1: the centre of one of 2⁵² equal cells.
    package mutating func openUnit() -> Double {
        Double((next() &>> 12) &* 2 &+ 1) * 0x1p-53
    }

    /// A whole number from 0 up to but not including `bound`, which is above 0 and below 2³²; Lemire, "Fast random integer
    /// generation in an interval", ACM TOMACS 29(1), 2019.
    package mutating func below(_ bound: Int) -> Int {
        let bound = UInt64(bound)
        while true {
            let product = (next() &>> 32) &* bound
            let low = product & 0xFFFF_FFFF
            // The fast path takes every value but those few that would make some numbers more frequent.
            if low >= bound || low >= (0x1_0000_0000 &- bound) % bound { return Int(product &>> 32) }
        }
    }

    private static let increment: UInt64 = 0x9E37_79B9_7F4A_7C15

    private static func mix(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z &>> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z &>> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z &>> 31)
    }
}
