/// A message whose fields are properties. Those that are used are generated, in `Generated/TypedMessages.swift`.
package protocol MAVLinkTypedMessage: Sendable {
    static var definition: MAVLinkMessage { get }
    static var id: UInt32 { get }
    var payload: MAVLinkPayload { get set }
    /// All fields zero.
    init()
}

extension MAVLinkTypedMessage {
    /// - Parameter frame: one of this message.
    package init(_ frame: MAVLinkFrame) {
        assert(frame.messageID == Self.id, "a frame of another message")
        self.init()
        payload = frame.payload
    }
}
