/// Philox4x32-10, the counter-based generator of Salmon, Moraes, Dror and Shaw, "Parallel random numbers:
/// as easy as 1, 2, 3" (SC'11): a keyed bijection of 128-bit counters, so that any draw is computed by itself.
enum Philox {
    typealias Counter = (UInt32, UInt32, UInt32, UInt32)
    typealias Key = (UInt32, UInt32)

    @inline(__always)
    static func block(_ counter: Counter, key: Key) -> Counter {
        var (x0, x1, x2, x3) = counter
        var (k0, k1) = key
        for _ in 0..<10 {
            let product0 = UInt64(0xD251_1F53) &* UInt64(x0)
            let product1 = UInt64(0xCD9E_8D57) &* UInt64(x2)
            x0 = UInt32(truncatingIfNeeded: product1 &>> 32) ^ x1 ^ k0
            x2 = UInt32(truncatingIfNeeded: product0 &>> 32) ^ x3 ^ k1
            x1 = UInt32(truncatingIfNeeded: product1)
            x3 = UInt32(truncatingIfNeeded: product0)
            k0 &+= 0x9E37_79B9
            k1 &+= 0xBB67_AE85
        }
        return (x0, x1, x2, x3)
    }

    /// 64 bits of the block at (`stream`, `index`) under `seed`.
    @inline(__always)
    static func bits(seed: UInt64, stream: UInt64, index: UInt64) -> UInt64 {
        let out = block(
            (
                UInt32(truncatingIfNeeded: index), UInt32(truncatingIfNeeded: index &>> 32),
                UInt32(truncatingIfNeeded: stream), UInt32(truncatingIfNeeded: stream &>> 32)
            ),
            key: (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed &>> 32)))
        return UInt64(out.0) | UInt64(out.1) &<< 32
    }

    /// A number strictly between 0 and 1, from 52 bits: the centres of 2⁵² equal cells, all exact and symmetric about ½.
    @inline(__always)
    static func openUnit(_ bits: UInt64) -> Double {
        Double((bits &>> 12) &* 2 &+ 1) * 0x1p-53
    }
}
