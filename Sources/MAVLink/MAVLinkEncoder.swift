/// Writes MAVLink 2 frames of one sender, numbered in sequence.
package struct MAVLinkEncoder: Sendable {
    package let systemID: UInt8
    package let componentID: UInt8
    private var sequence: UInt8 = 0

    /// - Parameters:
    ///   - systemID: ground stations take 255 by custom.
    ///   - componentID: 190 (MAV_COMP_ID_MISSIONPLANNER) is a ground station's.
    package init(systemID: UInt8 = 255, componentID: UInt8 = 190) {
        self.systemID = systemID
        self.componentID = componentID
    }

    /// The next frame.
    package mutating func encode(_ message: some MAVLinkTypedMessage) -> [UInt8] {
        encode(message.payload, of: type(of: message).definition)
    }

    /// The next frame, of any message of the dialect.
    package mutating func encode(_ payload: MAVLinkPayload, of message: MAVLinkMessage) -> [UInt8] {
        // Trailing zeros stay at home, but one byte always goes.
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
