import Testing

@testable import MAVLink

@Suite("CRC-16/MCRF4XX")
struct MAVLinkChecksumTests {
    private func checksum(_ bytes: [UInt8]) -> UInt16 {
        var checksum = MAVLinkChecksum()
        checksum.add(bytes.span.bytes)
        return checksum.value
    }

    @Test("The checksum of published vectors")
    func vectors() {
        #expect(checksum(Array("123456789".utf8)) == 0x6F91)
        #expect(checksum([]) == 0xFFFF)
        #expect(checksum([0]) == 0x0F87)
    }

    @Test("It is the remainder of the bits' division, whatever the bytes")
    func division() {
        for byte in UInt8.min...UInt8.max {
            var expected: UInt16 = 0xFFFF ^ UInt16(byte)
            for _ in 0..<8 { expected = expected & 1 == 0 ? expected >> 1 : expected >> 1 ^ 0x8408 }
            #expect(checksum([byte]) == expected)
        }
    }
}
