/// One received message whose checksum was verified.
package struct MAVLinkFrame: Sendable {
    package let messageID: UInt32
    /// The sender: the vehicle, and below it the component.
    package let systemID: UInt8
    package let componentID: UInt8
    /// Increases by one, modulo 256, with every frame of this sender.
    package let sequence: UInt8
    /// The version of the protocol, 1 or 2.
    package let version: UInt8
    /// Whether the frame carries a signature. Signatures are not verified.
    package let isSigned: Bool
    package let payload: MAVLinkPayload

    /// The frame's message; never nil for frames from the parser, which skips messages that the dialect lacks.
    package var message: MAVLinkMessage? { .withID(messageID) }

    /// The field's value, or the first element of an array; nil if this message has no such field. This searches the message's
    /// fields by name: code that needs a field often should look up its `MAVLinkField` once.
    package func number(_ field: String) -> Double? { message?.field(field).map { payload.number($0) } }
}

/// The header before a payload, in both versions of the protocol.
struct MAVLinkHeader {
    static let magic1: UInt8 = 0xFE
    static let magic2: UInt8 = 0xFD
    private static let signed: UInt8 = 0x01
    static let signatureLength = 13

    let version: UInt8
    let payloadLength: Int
    let isSigned: Bool
    /// Whether an incompatibility flag is set that this parser does not know, so that the frame's layout is unknown.
    let isIncompatible: Bool
    let sequence: UInt8
    let systemID: UInt8
    let componentID: UInt8
    let messageID: UInt32

    /// Size of the header in bytes, including the magic byte.
    var length: Int { Self.length(version: version) }
    /// Size of the whole frame in bytes.
    var frameLength: Int { length + payloadLength + 2 + (isSigned ? Self.signatureLength : 0) }

    static func length(version: UInt8) -> Int { version == 1 ? 6 : 10 }

    /// Reads the header whose magic byte is at `start`; nil if the bytes end before the header does.
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

/// CRC-16/MCRF4XX, which MAVLink closes every frame with: polynomial 0x1021 reflected, initial value 0xFFFF, no final XOR.
package struct MAVLinkChecksum {
    package private(set) var value: UInt16 = 0xFFFF

    package init() {}

    package mutating func add(_ byte: UInt8) {
        var low = byte ^ UInt8(truncatingIfNeeded: value)
        low ^= low &<< 4
        value = (value &>> 8) ^ (UInt16(low) &<< 8) ^ (UInt16(low) &<< 3) ^ (UInt16(low) &>> 4)
    }

    package mutating func add(_ bytes: RawSpan) {
        for index in 0..<bytes.byteCount { add(bytes.unsafeLoad(fromByteOffset: index, as: UInt8.self)) }
    }
}

/// Encodes MAVLink 2 frames of one sender and numbers them in sequence.
package struct MAVLinkEncoder: Sendable {
    package let systemID: UInt8
    package let componentID: UInt8
    private var sequence: UInt8 = 0

    /// - Parameters:
    ///   - systemID: 255 is the conventional value for ground stations.
    ///   - componentID: 190 (MAV_COMP_ID_MISSIONPLANNER) is the usual value for a ground station.
    package init(systemID: UInt8 = 255, componentID: UInt8 = 190) {
        self.systemID = systemID
        self.componentID = componentID
    }

    /// Encodes the sender's next frame.
    package mutating func encode(_ message: some MAVLinkTypedMessage) -> [UInt8] {
        encode(message.payload, of: type(of: message).definition)
    }

    /// Encodes the sender's next frame from the payload of any message of the dialect.
    package mutating func encode(_ payload: MAVLinkPayload, of message: MAVLinkMessage) -> [UInt8] {
        // MAVLink 2 omits trailing zeros of the payload, except its first byte.
        var length = message.length
        while length > 1, payload.load(length - 1, as: UInt8.self) == 0 { length -= 1 }

        var frame: [UInt8] = [
            MAVLinkHeader.magic2, UInt8(length), 0, 0, sequence, systemID, componentID, UInt8(truncatingIfNeeded: message.id),
            UInt8(truncatingIfNeeded: message.id >> 8), UInt8(truncatingIfNeeded: message.id >> 16),
        ]
        frame.reserveCapacity(frame.count + length + 2)
        for offset in 0..<length { frame.append(payload.load(offset)) }
        var checksum = MAVLinkChecksum()
        checksum.add(frame.span.bytes.extracting(1..<frame.count))
        checksum.add(message.crcExtra)
        frame += [UInt8(truncatingIfNeeded: checksum.value), UInt8(truncatingIfNeeded: checksum.value >> 8)]
        sequence &+= 1
        return frame
    }
}
