import CZlib
import Testing

@testable import TelemetryServer

@Suite("Inflating messages")
struct InflaterTests {
    private func inflate(
        _ bytes: [UInt8], _ encoding: MessageEncoding = .gzip, limit: Int = 4 << 20, by inflater: Inflater = Inflater()
    ) throws -> [UInt8] {
        var result: [UInt8] = []
        try bytes.withUnsafeBytes { bytes in
            try inflater.inflate(bytes, encoding, limit: limit) { result = Array($0) }
        }
        return result
    }

    @Test("What was compressed comes back, at any size", arguments: [0, 1, 100, 16 << 10, (16 << 10) + 1, 3 << 20])
    func roundTrip(size: Int) throws {
        let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) }
        #expect(try inflate(Messages.gzip(bytes)) == bytes)
    }

    @Test("One inflater serves many messages, also after a failure")
    func reuse() throws {
        let inflater = Inflater()
        #expect(try inflate(Messages.gzip([1, 2, 3]), by: inflater) == [1, 2, 3])
        #expect(throws: GRPCStatus.self) { _ = try inflate([1, 2, 3], by: inflater) }
        #expect(try inflate(Messages.gzip([4, 5]), by: inflater) == [4, 5])
    }

    @Test("The limit holds exactly, however much the input promises")
    func limit() throws {
        let zeros = [UInt8](repeating: 0, count: 10_000_000)
        let bomb = Messages.gzip(zeros)
        #expect(bomb.count < 20_000)
        let tooLarge = GRPCStatus(.resourceExhausted, "a message is over the limit of 9999999 bytes when decompressed")
        #expect(throws: tooLarge) { _ = try inflate(bomb, limit: 9_999_999) }
        #expect(try inflate(bomb, limit: 10_000_000).count == 10_000_000)
    }

    @Test("Input that is cut, damaged, empty or followed by more is INTERNAL")
    func damaged() {
        let whole = Messages.gzip(Array(0...200))
        var damaged = whole
        damaged[whole.count - 6] ^= 0xff
        let cases: [[UInt8]] = [Array(whole.dropLast()), Array(whole.prefix(11)), damaged, [], whole + [0]]
        for bytes in cases {
            #expect { _ = try inflate(bytes) } throws: { ($0 as? GRPCStatus)?.code == .internal }
        }
    }

    @Test("gzip is not taken for deflate, nor the other way round")
    func formats() throws {
        var size = UInt(200)
        var zlib = [UInt8](repeating: 0, count: 200)
        compress(&zlib, &size, [1, 2, 3], 3)
        let deflated = Array(zlib[..<Int(size)])
        #expect(try inflate(deflated, .deflate) == [1, 2, 3])
        #expect(throws: GRPCStatus.self) { _ = try inflate(deflated, .gzip) }
        #expect(throws: GRPCStatus.self) { _ = try inflate(Messages.gzip([1, 2, 3]), .deflate) }
    }
}
