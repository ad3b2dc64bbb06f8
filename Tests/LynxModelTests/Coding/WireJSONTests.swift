import FoundationEssentials
import LynxModel
import Testing

@Suite("The JSON of the wire")
struct WireJSONTests {
    @Test("A time is written as it was read, whatever its milliseconds") func times() throws {
        for second in ["1970-01-01T00:00:00", "2026-11-25T10:56:14", "2026-12-31T23:59:59", "2100-02-28T12:00:00"] {
            for millisecond in 0..<1000 {
                let text = "\(second).\(String(repeating: "0", count: 3 - "\(millisecond)".count))\(millisecond)Z"
                let date = try #require(WireJSON.date(text))
                #expect(WireJSON.timestamp(date) == text)
            }
        }
    }
}
