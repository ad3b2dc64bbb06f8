import FoundationEssentials
import LynxTelemetry
import Testing

@Suite("Compression")
struct DeflateTests {
    @Test("What zlib packs comes back, and damage is noticed") func deflate() throws {
        for data in [Data(), Data("x".utf8), Data(repeating: 7, count: 100_000)] {
            let packed = try Deflate.compress(data)
            #expect(try Deflate.expand(packed, to: data.count) == data)
            #expect(throws: DeflateError.self) { try Deflate.expand(packed.dropLast(), to: data.count) }
            #expect(throws: DeflateError.self) { try Deflate.expand(packed, to: data.count + 1) }
        }
    }
}
