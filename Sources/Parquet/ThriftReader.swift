/// Reads structs of Thrift's compact protocol (Apache Thrift, "Thrift Compact protocol encoding"), in which the metadata of
/// Parquet is written. Fields that nobody asks for are passed over.
struct ThriftReader {
    /// What a field is, and still has to be read or passed over.
    enum Kind: UInt8 {
        case yes = 1
        case no = 2
        case byte = 3
        case i16 = 4
        case i32 = 5
        case i64 = 6
        case double = 7
        case binary = 8
        case list = 9
        case set = 10
        case map = 11
        case structure = 12
    }

    private static let mostNested = 16

    private(set) var bytes: ByteReader
    private var depth = 0

    init(_ bytes: ArraySlice<UInt8>) { self.bytes = ByteReader(bytes) }

    /// Hands each field of a struct to `read` by its number. What `read` does not read it must pass over by `skip`.
    mutating func structure(
        _ read: (inout ThriftReader, _ field: Int, Kind) throws(ParquetError) -> Void
    ) throws(ParquetError) {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.mostNested else { throw .damaged("its metadata is nested too deeply") }
        var field = 0
        while true {
            let head = try bytes.byte()
            if head == 0 { return }
            let step = Int(head >> 4)
            if step == 0 {
                guard let number = Int16(exactly: try bytes.zigzag()) else { throw .damaged("a field's number is none") }
                field = Int(number)
            } else {
                field += step
            }
            guard let kind = Kind(rawValue: head & 15), field <= Int(Int16.max) else { throw .damaged("a field's type is none") }
            try read(&self, field, kind)
        }
    }

    /// Calls `read` for each item of a list.
    mutating func list(
        _ kind: Kind, _ read: (inout ThriftReader, Kind) throws(ParquetError) -> Void
    ) throws(ParquetError) {
        guard kind == .list || kind == .set else { throw .damaged("its metadata holds something else than a list") }
        let head = try bytes.byte()
        let count = head >> 4 == 15 ? try bytes.size() : Int(head >> 4)
        // Each item has at least one byte.
        guard let item = Kind(rawValue: head & 15), count <= bytes.left else { throw .damaged("a list is longer than the file") }
        for _ in 0..<count { try read(&self, item) }
    }

    mutating func integer(_ kind: Kind) throws(ParquetError) -> Int {
        switch kind {
        case .byte: return Int(Int8(bitPattern: try bytes.byte()))
        case .i16, .i32, .i64: return Int(try bytes.zigzag())
        default: throw .damaged("its metadata holds something else than a number")
        }
    }

    func bool(_ kind: Kind) throws(ParquetError) -> Bool {
        switch kind {
        case .yes: true
        case .no: false
        default: throw .damaged("its metadata holds something else than yes or no")
        }
    }

    mutating func text(_ kind: Kind) throws(ParquetError) -> String {
        guard kind == .binary else { throw .damaged("its metadata holds something else than a text") }
        let text = try bytes.take(try bytes.size())
        guard let text = String(validating: text, as: UTF8.self) else { throw .damaged("a name is not UTF-8") }
        return text
    }

    mutating func skip(_ kind: Kind, inList: Bool = false) throws(ParquetError) {
        switch kind {
        case .yes, .no: if inList { _ = try bytes.byte() }
        case .byte: _ = try bytes.byte()
        case .i16, .i32, .i64: _ = try bytes.varint()
        case .double: _ = try bytes.take(8)
        case .binary: _ = try bytes.take(try bytes.size())
        case .list, .set: try list(kind) { reader, kind throws(ParquetError) in try reader.skipItem(kind) }
        case .structure: try structure { reader, _, kind throws(ParquetError) in try reader.skip(kind) }
        case .map:
            let count = try bytes.size()
            guard count > 0 else { return }
            let kinds = try bytes.byte()
            guard let key = Kind(rawValue: kinds >> 4), let value = Kind(rawValue: kinds & 15), count <= bytes.left else {
                throw .damaged("a map is longer than the file")
            }
            for _ in 0..<count {
                try skipItem(key)
                try skipItem(value)
            }
        }
    }

    /// Lists inside of lists are nested too.
    private mutating func skipItem(_ kind: Kind) throws(ParquetError) {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.mostNested else { throw .damaged("its metadata is nested too deeply") }
        try skip(kind, inList: true)
    }
}
