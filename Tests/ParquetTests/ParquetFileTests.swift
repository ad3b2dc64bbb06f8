import Foundation
import Parquet
import TestSupport
import Testing

/// Files that pyarrow, pandas and polars have written, and what is in them.
struct ParquetFixture: Sendable {
    enum Cell: Decodable, Hashable, Sendable {
        case bool(Bool)
        case integer(Int64)
        case text(String)

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let value = try? container.decode(Bool.self) {
                self = .bool(value)
            } else if let value = try? container.decode(Int64.self) {
                self = .integer(value)
            } else {
                self = .text(try container.decode(String.self))
            }
        }
    }

    let directory: TemporaryDirectory
    let columns: [String: [Cell]]

    static let limits = ParquetLimits(values: 150_000, bytes: 4 << 20)

    static func make(rows: Int = 1000) async throws -> ParquetFixture {
        let directory = try TemporaryDirectory()
        let script = Repository.path("Tests/ParquetTests/Support/write_parquet.py")
        let end = try await Command.run(Repository.python, [script, directory.path, "\(rows)"])
        try #require(end.exitCode == 0, "\(end.errors)")
        return ParquetFixture(directory: directory, columns: try JSONDecoder().decode([String: [Cell]].self, from: Data(end.output.utf8)))
    }

    func bytes(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: directory.file(name)))) }

    func good() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: directory.file("good")).sorted().map { "good/\($0)" }
    }
}

@Suite("Parquet files, as pyarrow, pandas and polars write them")
struct ParquetFileTests {
    @Test("Every codec, encoding, page version and division into row groups gives the same table")
    func everyWay() async throws {
        let fixture = try await ParquetFixture.make()
        let files = try fixture.good()
        #expect(files.count >= 25)
        for name in files {
            let file: ParquetFile
            do {
                file = try ParquetFile(try fixture.bytes(name), limits: ParquetFixture.limits)
            } catch {
                Issue.record("\(name): \(error)")
                continue
            }
            #expect(file.rows == 1000, "\(name)")
            #expect(Set(file.columns.map(\.name)) == Set(fixture.columns.keys), "\(name)")
            for column in file.columns {
                let isEqual = Self.cells(column.values).elementsEqual(try #require(fixture.columns[column.name]), by: Self.equal)
                #expect(isEqual, "\(name): \(column.name)")
            }
        }
    }

    private enum Value { case bool(Bool), integer(Int64), number(Double), text(String) }

    private static func cells(_ values: ParquetValues) -> [Value] {
        switch values {
        case .bools(let values): values.map { .bool($0) }
        case .integers(let values): values.map { .integer($0) }
        case .numbers(let values): values.map { .number($0) }
        case .texts(let values): values.map { .text($0) }
        }
    }

    private static func equal(_ value: Value, _ cell: ParquetFixture.Cell) -> Bool {
        switch (value, cell) {
        case (.bool(let left), .bool(let right)): left == right
        case (.integer(let left), .integer(let right)): left == right
        case (.number(let left), .text(let right)): left == Double(right)
        case (.text(let left), .text(let right)): left.utf8.elementsEqual(right.utf8)
        default: false
        }
    }

    @Test("What is no flat table of values is refused in one line that says where, and what would be right")
    func refused() async throws {
        let fixture = try await ParquetFixture.make()
        let expected = [
            "null": "has a null in the column 'mode', row 2; give each row a value",
            "late-null": "has a null in the column 'mass', row 251; give each row a value",
            "nested": "has columns or lists inside of the column 'point'; give flat columns only",
            "list": "has columns or lists inside of the column 'points'; give flat columns only",
            "nothing": "has the column 'mass' of nothing but nulls, which is not read; give it values, or leave it out",
            "empty": "has no rows; give a row for each run",
            "no-columns": "has no columns; give one for each parameter",
            "time": "has the column 'at' of times, which is not read; give numbers or texts",
            "date": "has the column 'at' of dates, which is not read; give numbers or texts",
            "decimal": "has the column 'mass' of decimals, which is not read; give floats",
            "binary": "has bytes that are not UTF-8 text; give texts (column 'mass')",
            "half": "has the column 'mass' of floats of 16 bits, which is not read; give floats of 32 or 64 bits",
            "unsigned": "has a number above 9223372036854775807 in the column 'mass', row 2; give it as a float",
            "lz4": "is compressed by the codec LZ4, which is not read; write it with compression='snappy' or 'zstd' (column 'mass')",
            "brotli": "is compressed by the codec Brotli, which is not read; write it with compression='snappy' or 'zstd' (column 'mass')",
            "index": "has the column '__index_level_0__', the index of a pandas table; write it with index=False",
        ]
        for (name, message) in expected {
            let told = Self.message(try fixture.bytes("bad/\(name).parquet"))
            #expect(told == message, "\(name): \(told)")
        }
        #expect(Self.message([]).hasPrefix("is no Parquet file"))
        #expect(Self.message(Array("mass\n1\n2\n3\n4\n".utf8)).hasPrefix("is no Parquet file"))
        let good = try fixture.bytes("good/groups.parquet")
        #expect(Self.message(Array(good.dropLast(100))).hasPrefix("is cut off"))
        #expect(Self.message(good, ParquetLimits(values: 11_999, bytes: 4 << 20)) == "has 1000 rows; of so many columns at most 999 are allowed")
        #expect(Self.message(good, ParquetLimits(values: 12_000, bytes: 20_000)).hasPrefix("has texts of more than 20000 bytes"))
    }

    private static func message(_ bytes: [UInt8], _ limits: ParquetLimits = ParquetFixture.limits) -> String {
        do {
            _ = try ParquetFile(bytes, limits: limits)
            return "was read"
        } catch {
            return error.message
        }
    }

    @Test("Ten thousand damaged files are read or refused, and neither crash nor take more time or memory than sound ones")
    func damaged() async throws {
        let fixture = try await ParquetFixture.make(rows: 50)
        var random = SplitMix64(state: 20_261_130)
        let files = try fixture.good().map { try fixture.bytes($0) }
        var refused = 0
        for round in 0..<10_000 {
            var bytes = files[round % files.count]
            // The pages of most files are far larger than what says how they are to be read.
            let footer = bytes.count - 8 - Int(bytes[bytes.count - 8]) - Int(bytes[bytes.count - 7]) << 8
            for _ in 0...random.next() % 4 {
                let place =
                    Bool.random(using: &random)
                    ? Int.random(in: max(0, footer)..<bytes.count, using: &random) : bytes.indices.randomElement(using: &random)!
                bytes[place] =
                    Bool.random(using: &random)
                    ? UInt8.random(in: 0...255, using: &random) : bytes[place] ^ 1 << UInt8.random(in: 0...7, using: &random)
            }
            if random.next() % 16 == 0 { bytes.removeSubrange(..<Int.random(in: 0..<bytes.count, using: &random)) }
            do {
                let file = try ParquetFile(bytes, limits: ParquetFixture.limits)
                #expect(file.rows * file.columns.count <= ParquetFixture.limits.values)
                #expect(file.columns.allSatisfy { $0.values.count == file.rows })
            } catch {
                refused += 1
                #expect(error.message.utf8.allSatisfy { $0 != UInt8(ascii: "\n") })
            }
        }
        #expect(refused > 1000)
    }
}
