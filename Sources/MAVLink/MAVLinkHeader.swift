/// What stands before a payload, in both versions of the protocol.
struct MAVLinkHeader {
    static let magic1: UInt8 = 0xFE
    static let magic2: UInt8 = 0xFD
    private static let signed: UInt8 = 0x01
    static let signatureLength = 13

    let version: UInt8
    let payloadLength: Int
    let isSigned: Bool
    /// A flag is set that changes the frame in a way not known here.
    let isIncompatible: Bool
    let sequence: UInt8
    let systemID: UInt8
    let componentID: UInt8
    let messageID: UInt32

    /// In bytes, with the magic byte.
    var length: Int { Self.length(version: version) }
    /// Size of the whole frame, in bytes.
    var frameLength: Int { length + payloadLength + 2 + (isSigned ? Self.signatureLength : 0) }

    static func length(version: UInt8) -> Int { version == 1 ? 6 : 10 }

    /// Reads the header that begins at `start` with a magic byte; nil while not all of it is there.
    init?(_ bytes: RawSpan, at start: Int) {
        func byte(_ offset: Int) -> UInt8 { bytes.unsafeLoad(fromByteOffset: start + offset, as: UInt8.self) }
        version = byte(0) == Self.magic1 ? 1 : 2
        guard bytes.byteCount - start >= Self.length(version: version) else { return nil }
        payloadLength = Int(byte(1))
        if version == 1 {
            isSigned = false
            isIncompatible = false
            sequence = byte(2)
            systemID = byte(3)
            componentID = byte(4)
            messageID = UInt32(byte(5))
        } else {
            isSigned = byte(2) & Self.signed != 0
            isIncompatible = byte(2) & ~Self.signed != 0
            sequence = byte(4)
            systemID = byte(5)
            componentID = byte(6)
            messageID = UInt32(byte(7)) | UInt32(byte(8)) << 8 | UInt32(byte(9)) << 16
        }
    }
}
