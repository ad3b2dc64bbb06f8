/// The random streams of a batch: each is named by what it is for and, where it belongs to a parameter, by that
/// parameter's name. Adding or removing a parameter therefore leaves the values of all others as they were.
struct Stream {
    enum Purpose: UInt8 {
        case jitter = 1
        case strata = 2
        case runSeed = 3
        case scramble = 4
    }

    let seed: UInt64
    let id: UInt64

    init(seed: UInt64, purpose: Purpose, name: String = "") {
        self.seed = seed
        // FNV-1a over the UTF-8 bytes, then a finalizer, as FNV leaves its high bits poorly mixed.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        hash = (hash ^ UInt64(purpose.rawValue)) &* 0x100_0000_01B3
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        id = mix64(hash)
    }

    private init(seed: UInt64, id: UInt64) { (self.seed, self.id) = (seed, id) }

    /// The stream of one part of what this one is for; part 0 has the stream itself.
    func part(_ number: Int) -> Stream {
        number == 0 ? self : Stream(seed: seed, id: mix64(id ^ mix64(UInt64(number))))
    }

    @inline(__always)
    func bits(at index: UInt64) -> UInt64 { Philox.bits(seed: seed, stream: id, index: index) }

    /// Uniform in (0, 1).
    @inline(__always)
    func unit(at index: Int) -> Double { Philox.openUnit(bits(at: UInt64(index))) }

    /// Those at `first`, `first` + 1, … into the whole of `values`.
    func fill(_ values: UnsafeMutableBufferPointer<Double>, from first: Int) {
        for index in values.indices { values[index] = unit(at: first + index) }
    }
}

/// A bijection of 64-bit words whose every output bit depends on every input bit: the finalizer of SplitMix64
/// (Steele, Lea and Flood, OOPSLA 2014).
func mix64(_ word: UInt64) -> UInt64 {
    var z = word
    z = (z ^ (z &>> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z &>> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z &>> 31)
}
