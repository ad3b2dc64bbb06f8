/// The definition of one type of message; `common` lists those of the common dialect.
package struct MAVLinkMessage: Sendable {
    package let id: UInt32
    /// The name as in the definitions, such as `ATTITUDE`.
    package let name: String
    /// A byte derived from the definition that is part of every frame's checksum, so that sides with different definitions
    /// detect it.
    package let crcExtra: UInt8
    /// Size of the payload without extension fields in bytes: all that MAVLink 1 sends.
    package let minimumLength: Int
    /// Size of the payload with extension fields in bytes.
    package let length: Int
    /// The fields in wire order.
    package let fields: [MAVLinkField]

    package func field(_ name: String) -> MAVLinkField? { fields.first { $0.name == name } }

    package static func named(_ name: String) -> MAVLinkMessage? { common.first { $0.name == name } }

    package static func withID(_ id: UInt32) -> MAVLinkMessage? { index.position(of: id).map { common[$0] } }

    /// The checksum byte of a message; nil for an unknown id. Every frame needs it, so it is looked up without the rest.
    static func crcExtra(of id: UInt32) -> UInt8? { index.crcExtra(of: id) }

    private static let index = MAVLinkMessageIndex(common)
}

/// One field of a message. Looked up once by name, it reads or writes that field in any number of payloads.
package struct MAVLinkField: Sendable, Hashable {
    /// The name as in the definitions, such as `time_boot_ms`.
    package let name: String
    package let type: MAVLinkType
    /// Offset from the start of the payload, in bytes.
    package let offset: Int
    /// The number of elements of an array; 1 for other fields.
    package let count: Int
    /// The unit as in the definitions, such as `cdegC`; empty if they give none.
    package let units: String

    init(_ name: String, _ type: MAVLinkType, at offset: Int, count: Int = 1, units: String = "") {
        self.name = name
        self.type = type
        self.offset = offset
        self.count = count
        self.units = units
    }
}

/// The type of a field, or of an array's elements.
package enum MAVLinkType: Sendable, Hashable {
    case char, int8, uint8, int16, uint16, int32, uint32, int64, uint64, float, double

    /// Size in bytes.
    package var size: Int {
        switch self {
        case .char, .int8, .uint8: 1
        case .int16, .uint16: 2
        case .int32, .uint32, .float: 4
        case .int64, .uint64, .double: 8
        }
    }
}

/// Finds messages by id with a direct table, as ids are few and mostly small.
struct MAVLinkMessageIndex: Sendable {
    private struct Entry {
        /// -1 where no message has the id.
        var position: Int16 = -1
        var crcExtra: UInt8 = 0
    }

    private let entries: [Entry]

    init(_ messages: [MAVLinkMessage]) {
        var entries = [Entry](repeating: Entry(), count: Int(messages.map(\.id).max() ?? 0) + 1)
        for (position, message) in messages.enumerated() {
            entries[Int(message.id)] = Entry(position: Int16(position), crcExtra: message.crcExtra)
        }
        self.entries = entries
    }

    func position(of id: UInt32) -> Int? { entry(id).map { Int($0.position) } }

    func crcExtra(of id: UInt32) -> UInt8? { entry(id)?.crcExtra }

    private func entry(_ id: UInt32) -> Entry? {
        guard id < entries.count, entries[Int(id)].position >= 0 else { return nil }
        return entries[Int(id)]
    }
}

/// A message whose fields are properties. The messages in use are generated into `Generated/TypedMessages.swift`.
package protocol MAVLinkTypedMessage: Sendable {
    static var definition: MAVLinkMessage { get }
    static var id: UInt32 { get }
    var payload: MAVLinkPayload { get set }
    /// Creates a message whose fields are all zero.
    init()
}

extension MAVLinkTypedMessage {
    /// - Parameter frame: a frame of this message.
    package init(_ frame: MAVLinkFrame) {
        assert(frame.messageID == Self.id, "a frame of another message")
        self.init()
        payload = frame.payload
    }
}
