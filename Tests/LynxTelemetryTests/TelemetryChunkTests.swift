import FoundationEssentials
import LynxTelemetry
import TestSupport
import Testing

@Suite("Chunks of telemetry")
struct TelemetryChunkTests {
    private static let sample = TelemetryChunk(
        columns: [
            .init(
                name: "orbit.radius_km", units: "km", position: .init(firstPoint: 6, step: 2), timeS: [60, 80, 100],
                values: [7000.5, -0.0, 1e-300]),
            .init(name: "höhe", units: "", timeS: [], values: []),
            .init(name: "", units: "m/s", timeS: [Double.leastNonzeroMagnitude], values: [.greatestFiniteMagnitude]),
        ])

    @Test("What was packed is unpacked, bit by bit", arguments: TelemetryCompression.allCases)
    func roundTrip(compression: TelemetryCompression) throws {
        let chunk = try TelemetryChunk(Self.sample.encoded(compression))
        #expect(chunk == Self.sample)
        #expect(chunk.columns[0].values[1].sign == .minus)
        #expect(try TelemetryChunk(TelemetryChunk(columns: []).encoded(compression)).columns == [])
    }

    @Test("A regular series is packed to a fraction of its JSON")
    func size() throws {
        let times = (0..<5000).map { Double($0) * 10 }
        let columns = ["x", "y", "z"].map {
            TelemetryChunk.Column(name: $0, units: "km", timeS: times, values: times.map { 7000 + $0.rounded() / 8 })
        }
        let packed = try TelemetryChunk(columns: columns).encoded()
        #expect(packed.count < 15_000 * 16 / 3)
    }

    @Test("The bytes are those that the documentation describes")
    func bytes() throws {
        let chunk = TelemetryChunk(
            columns: [.init(name: "x", units: "km", position: .init(firstPoint: 4, step: 2), timeS: [1], values: [-2])])
        let expected: [UInt8] =
            Array("LXTC".utf8) + [1, 0, 0, 0] + [51, 0, 0, 0]
            + [1, 0, 0, 0] + [1, 0, 0, 0] + [2, 0, 0, 0] + [1, 0, 0, 0]
            + [4, 0, 0, 0, 0, 0, 0, 0] + [2, 0, 0, 0, 0, 0, 0, 0] + Array("xkm".utf8)
            + [0, 0, 0, 0, 0, 0, 0xF0, 0x3F] + [0, 0, 0, 0, 0, 0, 0, 0xC0]
        #expect(Array(try chunk.encoded(.none)) == expected)
    }

    @Test("Bytes that are none say what is wrong with them", arguments: [
        (0, 0x58, "does not begin with 'LXTC'"), (4, 2, "has version 2; 1 is read here"),
        (5, 7, "has compression 7; 0 (none) and 1 (zlib) are read"), (6, 1, "has a header that is not of version 1"),
        (8, 52, "says it has 52 bytes, and has 51"), (12, 2, "is cut short"), (12, 0, "goes on after its last variable"), (19, 1, "is cut short"),
        (27, 0xFF, "is cut short"), (35, 0x80, "numbers the points of 'x' beyond all bounds"),
        (36, 3, "numbers the points of 'x' from 4 by 3, which cannot be"), (28, 5, "numbers the points of 'x' from 5 by 2, which cannot be"),
        (44, 0xFF, "has a name that is not UTF-8"), (54, 0x7F, "holds a number of 'x' that is not finite"),
    ] as [(Int, UInt8, String)])
    func damaged(offset: Int, byte: UInt8, reason: String) throws {
        let chunk = TelemetryChunk(
            columns: [.init(name: "x", units: "km", position: .init(firstPoint: 4, step: 2), timeS: [1], values: [-2])])
        var bytes = try chunk.encoded(.none)
        bytes[offset] = byte
        #expect(throws: TelemetryChunkError(reason: reason)) { try TelemetryChunk(bytes) }
    }

    @Test("One variable has one column")
    func duplicate() throws {
        let column = TelemetryChunk.Column(name: "x", units: "", timeS: [], values: [])
        let bytes = try TelemetryChunk(columns: [column, column]).encoded()
        #expect(throws: TelemetryChunkError(reason: "has the variable 'x' twice")) { try TelemetryChunk(bytes) }
    }

    @Test("An announced length beyond the limit, or beyond what the bytes could hold, takes no memory")
    func announced() throws {
        var bytes = try Self.sample.encoded(.zlib)
        #expect(throws: TelemetryChunkError.self) { try TelemetryChunk(bytes, limit: 20) }
        bytes.replaceSubrange(8..<12, with: [0xFF, 0xFF, 0xFF, 0xFF])
        #expect(throws: TelemetryChunkError(reason: "has 4294967295 bytes uncompressed; at most 67108864 are read")) { try TelemetryChunk(bytes) }
        let error = #expect(throws: TelemetryChunkError.self) { try TelemetryChunk(bytes, limit: .max) }
        #expect(error?.reason.hasSuffix(" bytes expand to 4294967295, which none do") == true)
    }

    @Test("Whatever bytes come, reading them ends, in a chunk or in an error", arguments: 0..<20)
    func fuzz(seed: Int) throws {
        var random = SplitMix64(state: UInt64(seed))
        for compression in TelemetryCompression.allCases {
            let whole = try Self.sample.encoded(compression)
            for length in 0..<whole.count {
                #expect(throws: TelemetryChunkError.self) { try TelemetryChunk(whole.prefix(length)) }
            }
            for _ in 0..<300 {
                var bytes = whole
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
                }
                guard let chunk = try? TelemetryChunk(bytes, limit: 1 << 20) else { continue }
                // What is read can be written, and read again.
                #expect(try TelemetryChunk(chunk.encoded()) == chunk)
            }
        }
        for _ in 0..<200 {
            let noise = Data((0..<Int.random(in: 0...100, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) })
            #expect(throws: TelemetryChunkError.self) { try TelemetryChunk(noise) }
        }
    }
}
