/// A field's value, whatever its type.
package enum MAVLinkValue: Sendable, Hashable {
    case integer(Int64)
    case unsigned(UInt64)
    case float(Float)
    case double(Double)

    /// Exact, but for integers past 2⁵³.
    package var number: Double {
        switch self {
        case .integer(let value): Double(value)
        case .unsigned(let value): Double(value)
        case .float(let value): Double(value)
        case .double(let value): value
        }
    }
}

extension MAVLinkPayload {
    /// One element of a field. Traps where the field has no such element.
    package func value(_ field: MAVLinkField, _ element: Int = 0) -> MAVLinkValue {
        precondition(element >= 0 && element < field.count, "the field has fewer elements")
        let offset = field.offset + element * field.type.size
        return switch field.type {
        case .char, .uint8: .unsigned(UInt64(load(offset, as: UInt8.self)))
        case .uint16: .unsigned(UInt64(load(offset, as: UInt16.self)))
        case .uint32: .unsigned(UInt64(load(offset, as: UInt32.self)))
        case .uint64: .unsigned(load(offset))
        case .int8: .integer(Int64(load(offset, as: Int8.self)))
        case .int16: .integer(Int64(load(offset, as: Int16.self)))
        case .int32: .integer(Int64(load(offset, as: Int32.self)))
        case .int64: .integer(load(offset))
        case .float: .float(load(offset))
        case .double: .double(load(offset))
        }
    }

    package func number(_ field: MAVLinkField, _ element: Int = 0) -> Double { value(field, element).number }

    /// The text of a `char` array: up to its first NUL, or all of it.
    package func text(_ field: MAVLinkField) -> String { text(field.offset, field.count) }

    func text(_ offset: Int, _ capacity: Int) -> String {
        let bytes = (0..<capacity).lazy.map { load(offset + $0, as: UInt8.self) }
        return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    /// Cuts what is too long; what is shorter ends with a NUL.
    mutating func store(text: String, _ offset: Int, _ capacity: Int) {
        var bytes = text.utf8.makeIterator()
        for index in 0..<capacity { store(bytes.next() ?? 0, offset + index) }
    }
}
