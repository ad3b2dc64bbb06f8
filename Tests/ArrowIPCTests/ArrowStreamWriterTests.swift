import ArrowIPC
import Foundation
import TestSupport
import Testing

/// What pyarrow and polars make of a stream.
private struct Reading: Decodable {
    var names: [String]
    var types: [String]
    var fieldMetadata: [[String: String]]
    var schemaMetadata: [String: String]
    /// Rows of each.
    var batches: [Int]
    var nullCounts: [Int]
    var columns: [[Cell]]
    var sameWhenWrittenAgain: Bool
    var polars: [[Cell]]

    static func of(_ schema: ArrowSchema, _ batches: [[ArrowColumn]]) async throws -> Reading {
        var writer = ArrowStreamWriter(schema)
        var bytes = writer.start()
        for batch in batches { bytes += writer.batch(batch) }
        bytes += ArrowStreamWriter.end
        let directory = try TemporaryDirectory()
        let file = directory.file("table.arrows")
        try Data(bytes).write(to: URL(filePath: file))
        let script = Repository.path("Tests/ArrowIPCTests/Support/arrow_reference.py")
        let end = try await Command.run(Repository.python, [script, file])
        try #require(end.exitCode == 0, "\(end.errors)")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Reading.self, from: Data(end.output.utf8))
    }
}

/// A value of a cell as the script shows it: floats as C writes their bits in hexadecimal.
private enum Cell: Decodable, Hashable {
    case null
    case bool(Bool)
    case integer(Int64)
    case text(String)
    case list([Cell])

    static func float(_ value: Double) -> Cell {
        if value.isNaN { return .text("nan") }
        if value.isInfinite { return .text(value < 0 ? "-inf" : "inf") }
        return .float(bits: value)
    }

    private static func float(bits value: Double) -> Cell {
        if value == 0 { return .text(value.sign == .minus ? "-0x0.0p+0" : "0x0.0p+0") }
        let isNormal = value.exponent >= Double.leastNormalMagnitude.exponent
        let digits = String(value.significandBitPattern, radix: 16)
        let mantissa = String(repeating: "0", count: 13 - digits.count) + digits
        let exponent = isNormal ? Int(value.exponent) : -1022
        return .text("\(value < 0 ? "-" : "")0x\(isNormal ? 1 : 0).\(mantissa)p\(exponent < 0 ? "" : "+")\(exponent)")
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .integer(value)
        } else if let value = try? container.decode(String.self) {
            self = .text(value)
        } else {
            self = .list(try container.decode([Cell].self))
        }
    }
}

@Suite("Arrow streams, as pyarrow and polars read them")
struct ArrowStreamWriterTests {
    private static let odd: [Double] = [0, -0.0, .nan, .infinity, -.infinity, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 0.1]
    private static let texts = ["", "a", "Größe µ €", "🛰️", "quote \" and\nline", "\u{0}", "日本語", " "]

    @Test("Every type comes back with its values, nulls, metadata and batches")
    func everyType() async throws {
        let schema = ArrowSchema(
            [
                ArrowField("whole", .int64, metadata: ["units": "m", "description": "größer als 0"]), ArrowField("float", .float64),
                ArrowField("flag", .bool), ArrowField("tëxt", .utf8), ArrowField("state", .dictionary),
                ArrowField("time", .timestamp, metadata: ["units": ""]), ArrowField("list", .float64List),
            ], metadata: ["batch_id": "b-1", "lynx": "ü"])
        let nulls = [false, true, false, false, true, false, false, true]
        func columns(_ shift: Int, _ isNull: [Bool]?, entries: [String]) -> [ArrowColumn] {
            let range = 0..<8
            let values: [ArrowColumn.Values] = [
                .int64(range.map { [.min, .max, 0, -1, 7, 8, 9, Int64(shift)][$0] }), .float64(Self.odd),
                .bool(range.map { ($0 + shift) % 3 == 0 }), .utf8(ArrowText(Self.texts)),
                .dictionary(range.map { Int32(($0 + shift) % entries.count) }, of: entries),
                .timestamp(range.map { 1_790_000_000_123_456 + Int64($0) * 1_000_003 }),
                .float64List(range.map { Array(Self.odd.prefix($0)) }),
            ]
            return values.map { ArrowColumn($0, isNull: isNull) }
        }
        // The second batch has more entries in its dictionary than the first, and the third the same as the second.
        let batches = [
            columns(0, nulls, entries: ["Completed", "Fehler ü"]), columns(1, nil, entries: ["Completed", "Fehler ü", ""]),
            columns(2, nulls.map { !$0 }, entries: ["Completed", "Fehler ü", ""]),
        ]
        let reading = try await Reading.of(schema, batches)
        #expect(reading.names == schema.fields.map(\.name))
        #expect(
            reading.types == [
                "int64", "double", "bool", "string", "dictionary<values=string, indices=int32, ordered=0>", "timestamp[us, tz=UTC]",
                "list<item: double>",
            ])
        #expect(reading.fieldMetadata == schema.fields.map(\.metadata))
        #expect(reading.schemaMetadata == schema.metadata)
        #expect(reading.batches == [8, 8, 8])
        #expect(reading.nullCounts == Array(repeating: 3 + 0 + 5, count: 7))
        for place in schema.fields.indices {
            let expected = batches.flatMap { cells($0[place]) }
            #expect(reading.columns[place] == expected, "column \(place)")
            #expect(reading.polars[place] == expected, "column \(place)")
        }
        #expect(reading.sameWhenWrittenAgain)
    }

    @Test("Tables without rows, without columns, and of nulls alone are tables", arguments: [0, 1, 2])
    func bare(case number: Int) async throws {
        let types: [ArrowType] = [.int64, .float64, .bool, .utf8, .dictionary, .timestamp, .float64List]
        let schema = ArrowSchema(number == 1 ? [] : types.enumerated().map { ArrowField("c\($0)", $1) })
        let values: [ArrowColumn.Values] = [
            .int64([0, 0]), .float64([0, 0]), .bool([false, true]), .utf8(ArrowText(["", "x"])), .dictionary([0, 0], of: []),
            .timestamp([0, 0]), .float64List([[], [1]]),
        ]
        let nulls = values.map { ArrowColumn($0, isNull: [true, true]) }
        let reading = try await Reading.of(schema, number == 2 ? [nulls] : [])
        #expect(reading.names == schema.fields.map(\.name))
        #expect(reading.batches == (number == 2 ? [2] : []))
        #expect(reading.columns == schema.fields.map { _ in number == 2 ? [.null, .null] : [] })
        #expect(reading.polars == reading.columns)
        #expect(reading.sameWhenWrittenAgain)
    }

    @Test("Lengths around the words of a bitmap, and random bits, come back", arguments: [1, 7, 8, 9, 63, 64, 65, 8192])
    func lengths(rows: Int) async throws {
        var random = SplitMix64(state: UInt64(rows))
        let isNull = (0..<rows).map { _ in Bool.random(using: &random) }
        let columns = [
            ArrowColumn(.float64((0..<rows).map { _ in Double(bitPattern: random.next()) }), isNull: isNull),
            ArrowColumn(.bool((0..<rows).map { _ in Bool.random(using: &random) }), isNull: isNull),
            ArrowColumn(.utf8(ArrowText((0..<rows).map { String(repeating: "é", count: $0 % 5) })), isNull: isNull),
        ]
        let reading = try await Reading.of(ArrowSchema([ArrowField("x", .float64), ArrowField("b", .bool), ArrowField("t", .utf8)]), [columns])
        #expect(reading.batches == [rows])
        #expect(reading.columns == columns.map(cells))
        #expect(reading.polars == reading.columns)
    }

    private func cells(_ column: ArrowColumn) -> [Cell] {
        (0..<column.count).map { row in
            if column.isNull?[row] == true { return .null }
            return switch column.values {
            case .int64(let values), .timestamp(let values): .integer(values[row])
            case .float64(let values): .float(values[row])
            case .bool(let values): .bool(values[row])
            case .utf8(let texts): .text(texts[row])
            case .dictionary(let indices, let entries): .text(entries[Int(indices[row])])
            case .float64List(let lists): .list(lists[row].map { .float($0) })
            }
        }
    }
}
