/// What the definitions say of one type of message; `common` lists those of the common dialect.
package struct MAVLinkMessage: Sendable {
    package let id: UInt32
    /// As in the definitions: `ATTITUDE`.
    package let name: String
    /// Goes into every frame's checksum, so that two sides with different definitions do not misunderstand each other.
    package let crcExtra: UInt8
    /// Bytes of the payload without extension fields: all that MAVLink 1 sends.
    package let minimumLength: Int
    /// Bytes of the payload with them.
    package let length: Int
    /// In the order of the wire.
    package let fields: [MAVLinkField]

    package func field(_ name: String) -> MAVLinkField? { fields.first { $0.name == name } }

    package static func named(_ name: String) -> MAVLinkMessage? { common.first { $0.name == name } }

    package static func withID(_ id: UInt32) -> MAVLinkMessage? { index.position(of: id).map { common[$0] } }

    /// The part of `withID` that every frame needs.
    static func crcExtra(of id: UInt32) -> UInt8? { index.crcExtra(of: id) }

    private static let index = MAVLinkMessageIndex(common)
}

/// One field of a message. Found once by its name, it reads or writes that field of any number of payloads.
package struct MAVLinkField: Sendable, Hashable {
    /// As in the definitions: `time_boot_ms`.
    package let name: String
    package let type: MAVLinkType
    /// Bytes from the payload's start.
    package let offset: Int
    /// Elements, where it is an array; else 1.
    package let count: Int
    /// As in the definitions, such as `cdegC`; empty where they give none.
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

    /// In bytes.
    package var size: Int {
        switch self {
        case .char, .int8, .uint8: 1
        case .int16, .uint16: 2
        case .int32, .uint32, .float: 4
        case .int64, .uint64, .double: 8
        }
    }
}
