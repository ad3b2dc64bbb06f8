import EngineABI

/// What an engine answered instead of LYNX_OK.
package struct EngineFailure: Error, Sendable, CustomStringConvertible {
    package enum Kind: Sendable {
        /// The configuration or the job asks for what cannot be; the same attempt would fail anywhere.
        case invalid
        /// The simulation could not be started, and could not next time.
        case launch
        /// The machine lacks something now.
        case resources
        case unsupported
        /// A defect of the engine.
        case `internal`
    }

    package var kind: Kind
    package var message: String

    package var description: String { message }

    package var isRetryable: Bool { kind == .resources || kind == .internal }

    /// Calls an engine's function with an error to fill, and throws that if it fails.
    static func check(_ call: (UnsafeMutablePointer<lynx_error>) -> lynx_status) throws(EngineFailure) {
        var error = lynx_error()
        error.struct_size = UInt32(MemoryLayout<lynx_error>.size)
        let status = call(&error)
        guard status != LYNX_OK else { return }
        let message = String(cMessage: &error.message)
        let kind: Kind =
            switch status {
            case LYNX_E_INVALID: .invalid
            case LYNX_E_LAUNCH: .launch
            case LYNX_E_RESOURCES: .resources
            case LYNX_E_UNSUPPORTED: .unsupported
            default: .internal
            }
        throw EngineFailure(kind: kind, message: message.isEmpty ? "the engine failed with status \(status) and said nothing more" : message)
    }
}
