import CPostgres
import FoundationEssentials
import Glibc

/// Values on their way to and from PostgreSQL: as text, which every type has, but for bytes sent.
enum PostgresValue {
    // src/include/catalog/pg_type.dat
    private static let bool: Oid = 16
    private static let bytea: Oid = 17
    private static let int8: Oid = 20
    private static let int2: Oid = 21
    private static let int4: Oid = 23
    private static let text: Oid = 25
    private static let float4: Oid = 700
    private static let float8: Oid = 701
    private static let numeric: Oid = 1700

    /// 0 leaves it to the server, which looks at where the value goes.
    static func type(_ value: LedgerValue) -> Oid {
        switch value {
        case .null: 0
        case .integer: int8
        case .real: float8
        case .text: text
        case .blob: bytea
        }
    }

    static func read(_ result: OpaquePointer?, row: Int32, field: Int32, type: Oid) throws -> LedgerValue {
        if PQgetisnull(result, row, field) == 1 { return .null }
        guard let value = PQgetvalue(result, row, field) else { return .null }
        switch type {
        case bool: return .integer(value.pointee == CChar(UInt8(ascii: "t")) ? 1 : 0)
        case int2, int4, int8: return .integer(strtoll(value, nil, 10))
        case float4, float8: return .real(strtod(value, nil))
        case numeric:
            let text = String(cString: value)
            return Int64(text).map { .integer($0) } ?? .real(strtod(value, nil))
        case bytea:
            var length = 0
            guard let bytes = PQunescapeBytea(UnsafeRawPointer(value).assumingMemoryBound(to: UInt8.self), &length) else {
                throw StorageError.unexpected("bytes that cannot be read")
            }
            defer { PQfreemem(bytes) }
            return .blob(Data(bytes: bytes, count: length))
        default: return .text(String(cString: value))
        }
    }
}

/// The values of one statement, laid out as libpq wants them.
struct PostgresParameters {
    private var bytes: [UInt8] = []
    private var offsets: [Int?] = []
    private var lengths: [Int32] = []
    private var formats: [Int32] = []

    init(_ values: [LedgerValue]) {
        for value in values {
            offsets.append(bytes.count)
            let start = bytes.count
            switch value {
            case .null: offsets[offsets.count - 1] = nil
            case .integer(let value): bytes.append(contentsOf: String(value).utf8)
            case .real(let value): bytes.append(contentsOf: String(describing: value).utf8)
            case .text(let value): bytes.append(contentsOf: LedgerValue.storable(value).utf8)
            case .blob(let value): bytes.append(contentsOf: value)
            }
            lengths.append(Int32(bytes.count - start))
            if case .blob = value { formats.append(1) } else { formats.append(0) }
            bytes.append(0)
        }
        if bytes.isEmpty { bytes.append(0) }
    }

    func with<Value>(
        _ body: (UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?) -> Value
    ) -> Value {
        bytes.withUnsafeBytes { buffer in
            let base = buffer.baseAddress!.assumingMemoryBound(to: CChar.self)
            let pointers = offsets.map { offset in offset.map { base + $0 } }
            return pointers.withUnsafeBufferPointer { pointers in
                lengths.withUnsafeBufferPointer { lengths in
                    formats.withUnsafeBufferPointer { body(pointers.baseAddress, lengths.baseAddress, $0.baseAddress) }
                }
            }
        }
    }
}
