/// CRC-16/MCRF4XX, which MAVLink closes every frame with: polynomial 0x1021 reflected, initial value 0xFFFF, no final XOR.
package struct MAVLinkChecksum {
    package private(set) var value: UInt16 = 0xFFFF

    package init() {}

    package mutating func add(_ byte: UInt8) {
        var low = byte ^ UInt8(truncatingIfNeeded: value)
        low ^= low &<< 4
        value = (value &>> 8) ^ (UInt16(low) &<< 8) ^ (UInt16(low) &<< 3) ^ (UInt16(low) &>> 4)
    }

    package mutating func add(_ bytes: RawSpan) {
        for index in 0..<bytes.byteCount { add(bytes.unsafeLoad(fromByteOffset: index, as: UInt8.self)) }
    }
}
