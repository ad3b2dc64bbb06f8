/// A vehicle parameter in PX4's encoding (MAV_PARAM_ENCODE_BYTEWISE): an integer's bytes are stored in place of the float's.
package enum MAVLinkParameter: Sendable, Hashable {
    case int32(Int32)
    case float(Float)

    /// MAV_PARAM_TYPE_INT32
    private static let int32Type: UInt8 = 6
    /// MAV_PARAM_TYPE_REAL32
    private static let real32Type: UInt8 = 9

    /// MAV_PARAM_TYPE
    package var type: UInt8 {
        switch self {
        case .int32: Self.int32Type
        case .float: Self.real32Type
        }
    }

    package var number: Double {
        switch self {
        case .int32(let value): Double(value)
        case .float(let value): Double(value)
        }
    }

    var wire: Float {
        switch self {
        case .int32(let value): Float(bitPattern: UInt32(bitPattern: value))
        case .float(let value): value
        }
    }

    /// Nil for types that PX4 parameters do not have.
    init?(wire: Float, type: UInt8) {
        switch type {
        case Self.int32Type: self = .int32(Int32(bitPattern: wire.bitPattern))
        case Self.real32Type: self = .float(wire)
        default: return nil
        }
    }
}

extension ParamValue {
    /// Nil if the type is neither a 32-bit integer nor a float.
    package var value: MAVLinkParameter? { MAVLinkParameter(wire: paramValue, type: paramType) }
}

extension ParamSet {
    package init(system: UInt8, component: UInt8 = 1, name: String, value: MAVLinkParameter) {
        self.init()
        targetSystem = system
        targetComponent = component
        paramID = name
        paramValue = value.wire
        paramType = value.type
    }
}

extension ParamRequestRead {
    /// Requests a parameter by name.
    package init(system: UInt8, component: UInt8 = 1, name: String) {
        self.init()
        targetSystem = system
        targetComponent = component
        paramIndex = -1
        paramID = name
    }
}
