/// Reads protobuf's wire format from front to back.
struct WireReader {
    private(set) var at: UnsafeRawPointer
    private let end: UnsafeRawPointer

    @inline(__always)
    init(at: UnsafeRawPointer, end: UnsafeRawPointer) {
        (self.at, self.end) = (at, end)
    }

    @inline(__always)
    var isAtEnd: Bool { at == end }

    /// Must not be called at the end of the input.
    @inline(__always)
    mutating func byte() -> UInt8 {
        defer { at += 1 }
        return at.load(as: UInt8.self)
    }

    /// The position of `count` bytes; nil if fewer are left.
    @inline(__always)
    mutating func skip(_ count: Int) -> UnsafeRawPointer? {
        guard end - at >= count else { return nil }
        defer { at += count }
        return at
    }

    /// 0 if the field is absent, as an omitted field has its default value.
    @inline(__always)
    static func double(_ at: UnsafeRawPointer?) -> Double {
        guard let at else { return 0 }
        return Double(bitPattern: UInt64(littleEndian: at.loadUnaligned(as: UInt64.self)))
    }

    /// The length prefix of a field; here it has at most four bytes.
    @inline(__always)
    mutating func bytes() -> UnsafeRawBufferPointer? {
        guard !isAtEnd else { return nil }
        var length = Int(byte())
        if length >= 0x80 {
            length &= 0x7f
            var shift = 0
            while true {
                shift += 7
                guard !isAtEnd, shift <= 21 else { return nil }
                let more = Int(byte())
                length |= (more & 0x7f) << shift
                if more < 0x80 { break }
            }
        }
        guard end - at >= length else { return nil }
        defer { at += length }
        return UnsafeRawBufferPointer(start: at, count: length)
    }
}
