import EngineABI

/// The error that an engine returned in place of LYNX_OK.
package struct EngineFailure: Error, Sendable, CustomStringConvertible {
    package enum Kind: Sendable {
        /// The configuration or the job is invalid; the attempt would fail on any machine.
        case invalid
        /// The simulation could not be started, and would not start next time.
        case launch
        /// The machine lacks a resource at the moment.
        case resources
        case unsupported
        /// The engine has a defect.
        case `internal`
        /// The engine's own process ended.
        case crashed
        /// It was ended, as a call did not return.
        case hung
        /// It has ended before, and is not started again yet.
        case resting
    }

    package var kind: Kind
    package var message: String

    package var description: String { message }

    package var isRetryable: Bool { kind == .resources || kind == .internal }

    /// Calls an engine's function with an error to fill in, and throws that error if the function fails.
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
            case EngineProxy.crashed: .crashed
            case EngineProxy.hung: .hung
            case EngineProxy.resting: .resting
            default: .internal
            }
        throw EngineFailure(kind: kind, message: message.isEmpty ? "the engine failed with status \(status) without a message" : message)
    }
}

extension String {
    init(lynx string: lynx_string) {
        guard let data = string.data, string.size > 0 else {
            self = ""
            return
        }
        self = String(decoding: UnsafeRawBufferPointer(start: data, count: string.size), as: UTF8.self)
    }

    /// The text of a `char message[LYNX_ERROR_MESSAGE_SIZE]`, even if its writer left it unterminated.
    init<Message>(cMessage: inout Message) {
        self = withUnsafeBytes(of: &cMessage) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    func withLynxString<Result, Failure: Error>(_ body: (lynx_string) throws(Failure) -> Result) throws(Failure) -> Result {
        let utf8 = Array(self.utf8CString)
        return try utf8.withUnsafeBufferPointer { (buffer) throws(Failure) in
            try body(lynx_string(data: buffer.baseAddress, size: buffer.count - 1))
        }
    }
}
