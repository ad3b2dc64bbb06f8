/// SplitMix64 (Steele, Lea and Flood 2014): the same numbers for the same seed on every machine.
struct FuzzRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

    /// True in so many of a hundred cases.
    mutating func chance(_ percent: Int) -> Bool { below(100) < percent }

    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

    /// Bytes of a text that nobody expects.
    mutating func hostileBytes() -> [UInt8] {
        if chance(50) { return pick(Hostile.texts.map(\.bytes)) }
        let count = pick([1, 3, 17, 255, 4096, 65537])
        return (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
    }

    /// The bytes with some of them changed, removed or doubled.
    mutating func mutated(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<(1 + below(4)) where !bytes.isEmpty {
            let place = below(bytes.count)
            switch below(4) {
            case 0: bytes[place] = UInt8(truncatingIfNeeded: next())
            case 1: bytes.removeSubrange(place..<min(bytes.count, place + 1 + below(8)))
            case 2: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 1 + below(32))], at: place)
            default: bytes.insert(contentsOf: Array("]}[{\"\\,:0".utf8).shuffled(using: &self).prefix(3), at: place)
            }
        }
        return bytes
    }
}
