import FoundationEssentials
import LynxModel
import Testing

@Suite("The JSON of the wire")
struct WireJSONTests {
    @Test("A parameter that is a float has a point or an exponent, whatever its value", arguments: [false, true])
    func floats(pretty: Bool) throws {
        let values: [ParameterValue] = [
            .number(1), .integer(1), .number(-0.0), .number(0.5), .number(1e15), .number(0x1p60), .number(1e300), .integer(.min),
            .string("1.0"), .bool(true),
        ]
        let text = String(decoding: try WireJSON.encode(["a": values], pretty: pretty), as: UTF8.self).filter { !" \n".contains($0) }
        #expect(
            text == #"{"a":[1.0,1,-0.0,0.5,1000000000000000.0,1.152921504606847e+18,1e+300,-9223372036854775808,"1.0",true]}"#)
        #expect(try BatchSubmission.read(json: WireJSON.encode(Self.batch(values))) == Self.batch(values))
    }

    private static func batch(_ values: [ParameterValue]) -> BatchSubmission {
        var config = BatchConfig(simulation: SimulationSpec(name: "s"), monteCarlo: MonteCarloSpec(runs: 1))
        config.dispersions = ["x": Dispersion(distribution: .discrete(values: values, weights: nil), units: "")]
        return BatchSubmission(name: "b", config: config)
    }

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
