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

    private static let lists: [[Double]] = [
        [], [0], [-0.0, 1, -1, 0.1, 1e22, 1e-7, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 0x1p53, 123_456_789.125], (0..<500).map { Double($0) / 3 },
    ]

    @Test("A series is written and read back value for value, and as a plain decoder reads it", arguments: lists, [false, true])
    func keptValues(values: [Double], pretty: Bool) throws {
        let result = Self.result(["quote\"time_s": Self.series(values), "values": Self.series(values.reversed())])
        let json = try WireJSON.encode(result, pretty: pretty)
        for read in [try WireJSON.decode(JobResult.self, from: json), try Self.plain.decode(JobResult.self, from: json)] {
            #expect(read == result)
            #expect(read.telemetryData["values"]?.values.map(\.bitPattern) == values.reversed().map(\.bitPattern))
        }
        // The same text as from an encoder that knows nothing of lists, but for the sign of zero.
        if !pretty {
            let plain = String(decoding: try Self.plainEncoder.encode(result), as: UTF8.self)
            #expect(String(decoding: json, as: UTF8.self).replacing("-0.0,", with: "-0,").replacing("-0.0]", with: "-0]") == plain)
        }
    }

    @Test("A series that JSON cannot hold is refused", arguments: [Double.infinity, -.infinity, .nan])
    func notFinite(value: Double) {
        #expect(throws: EncodingError.self) { try WireJSON.encode(Self.result(["x": Self.series([1, value])])) }
    }

    @Test(
        "What is no list of numbers is refused, as without a quicker way",
        arguments: ["[,1]", "[01]", "[1e999]", "[.5]", "[+1]", "[0x1]", "[nan]", "[1 2]", "[[1]]", "[\"1\"]", "[true]", "[1", "\"lynx-list-0:0\"", "null", "{}"])
    func noList(text: String) throws {
        let json = String(decoding: try WireJSON.encode(Self.result(["x": Self.series([7])])), as: UTF8.self)
        let damaged = Data(json.replacing("\"values\":[7]", with: "\"values\":\(text)").utf8)
        #expect(throws: DecodingError.self) { try WireJSON.decode(JobResult.self, from: damaged) }
    }

    @Test("Blanks between numbers, and a variable of any name, change nothing") func blanks() throws {
        let result = Self.result(["time_s": Self.series([1, 2], units: "m"), "a\\": Self.series([0.5], units: "")])
        let json = String(decoding: try WireJSON.encode(result), as: UTF8.self).replacing("[", with: "[ ").replacing(",", with: " , ")
        #expect(try WireJSON.decode(JobResult.self, from: Data(json.utf8)) == result)
    }

    private static let plain = JSONDecoder()
    private static var plainEncoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }

    private static func series(_ values: [Double], units: String = "[m],\"values\":[1]") -> TelemetrySeries {
        TelemetrySeries(units: units, count: 0, first: nil, last: nil, min: nil, max: nil, timeS: values, values: values)
    }

    private static func result(_ data: [String: TelemetrySeries]) -> JobResult {
        JobResult(
            jobID: "j", success: true, executionTimeSecs: 1, telemetryData: data,
            metadata: ResultMetadata(
                runID: "r", runIndex: 0, attempt: 1, simulationName: "s", simulationVersion: "1", engine: "e", engineVersion: "1", runnerID: "r",
                outcome: .success))
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
