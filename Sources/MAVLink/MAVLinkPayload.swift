/// A message's fields as they are on the wire, little-endian and unaligned, with the zeros that the sender left out.
///
/// It holds as many bytes as any payload can have, so that reading a field needs no check of what the sender sent.
package struct MAVLinkPayload: Sendable {
    package static let capacity = 255

    private var storage = InlineArray<255, UInt8>(repeating: 0)

    package init() {}

    /// - Parameter bytes: at most `capacity`; the rest is zero.
    init(_ bytes: RawSpan) {
        let bytes = bytes.extracting(first: Self.capacity)
        var span = storage.mutableSpan
        span.withUnsafeMutableBytes { target in
            bytes.withUnsafeBytes { target.copyMemory(from: $0) }
        }
    }

    /// The integer or float at an offset. Traps where the offset lies outside the payload.
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

/// What a field can hold one of.
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
