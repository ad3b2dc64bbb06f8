/// A message's fields as on the wire, little-endian and unaligned, including the trailing zeros that the sender omitted.
///
/// It always has the capacity of the largest payload, so that reading a field needs no check of the received length.
package struct MAVLinkPayload: Sendable {
    package static let capacity = 255

    private var storage = InlineArray<255, UInt8>(repeating: 0)

    package init() {}

    /// - Parameter bytes: at most `capacity` bytes; the rest of the payload is zero.
    init(_ bytes: RawSpan) {
        let bytes = bytes.extracting(first: Self.capacity)
        var span = storage.mutableSpan
        span.withUnsafeMutableBytes { target in
            bytes.withUnsafeBytes { target.copyMemory(from: $0) }
        }
    }

    /// The integer or float at an offset in bytes. Traps if it lies outside the payload.
    package func load<Value: MAVLinkScalar>(_ offset: Int, as: Value.Type = Value.self) -> Value {
        let offset = checked(offset, Value.Bits.self)
        let bits = storage.span.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: Value.Bits.self)
        return Value(bits: Value.Bits(littleEndian: bits))
    }

    package mutating func store<Value: MAVLinkScalar>(_ value: Value, _ offset: Int) {
        let offset = checked(offset, Value.Bits.self)
        var span = storage.mutableSpan
        span.withUnsafeMutableBytes { $0.storeBytes(of: value.bits.littleEndian, toByteOffset: offset, as: Value.Bits.self) }
    }

    private func checked<Bits>(_ offset: Int, _: Bits.Type) -> Int {
        precondition(offset >= 0 && offset + MemoryLayout<Bits>.size <= Self.capacity, "a field lies outside the payload")
        return offset
    }
}

/// A type that a field's elements can have.
package protocol MAVLinkScalar: Sendable {
    associatedtype Bits: FixedWidthInteger & BitwiseCopyable
    init(bits: Bits)
    var bits: Bits { get }
}

extension MAVLinkScalar where Self: FixedWidthInteger, Bits == Self {
    package init(bits: Self) { self = bits }
    package var bits: Self { self }
}

extension Int8: MAVLinkScalar {}
extension UInt8: MAVLinkScalar {}
extension Int16: MAVLinkScalar {}
extension UInt16: MAVLinkScalar {}
extension Int32: MAVLinkScalar {}
extension UInt32: MAVLinkScalar {}
extension Int64: MAVLinkScalar {}
extension UInt64: MAVLinkScalar {}

extension Float: MAVLinkScalar {
    package init(bits: UInt32) { self.init(bitPattern: bits) }
    package var bits: UInt32 { bitPattern }
}

extension Double: MAVLinkScalar {
    package init(bits: UInt64) { self.init(bitPattern: bits) }
    package var bits: UInt64 { bitPattern }
}

/// The value of a field of any type.
package enum MAVLinkValue: Sendable, Hashable {
    case integer(Int64)
    case unsigned(UInt64)
    case float(Float)
    case double(Double)

    /// The value as a number; exact except for integers beyond 2⁵³.
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
    /// One element of a field. Traps if the field has no such element.
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

    /// The text of a `char` array: up to its first NUL, or the whole array.
    package func text(_ field: MAVLinkField) -> String { text(field.offset, field.count) }

    func text(_ offset: Int, _ capacity: Int) -> String {
        let bytes = (0..<capacity).lazy.map { load(offset + $0, as: UInt8.self) }
        return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    /// Truncates a text that is too long and pads a shorter one with NULs.
    mutating func store(text: String, _ offset: Int, _ capacity: Int) {
        var bytes = text.utf8.makeIterator()
        for index in 0..<capacity { store(bytes.next() ?? 0, offset + index) }
    }
}
