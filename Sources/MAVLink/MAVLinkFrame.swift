/// One message as it came, its checksum verified.
package struct MAVLinkFrame: Sendable {
    package let messageID: UInt32
    /// Who sent it: a vehicle, and a part of it.
    package let systemID: UInt8
    package let componentID: UInt8
    /// Grows by one, modulo 256, with every frame of this sender.
    package let sequence: UInt8
    /// 1 or 2.
    package let version: UInt8
    /// Its signature was not verified.
    package let isSigned: Bool
    package let payload: MAVLinkPayload

    /// nil does not occur for frames of the parser, which takes none that the dialect lacks.
    package var message: MAVLinkMessage? { .withID(messageID) }

    /// A field's first or only value; nil where this message has no such field. Searches the message's fields: where it
    /// is asked often, find the `MAVLinkField` once.
    package func number(_ field: String) -> Double? { message?.field(field).map { payload.number($0) } }
}
