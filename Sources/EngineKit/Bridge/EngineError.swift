public import EngineABI

/// A failure the host can act on; `message` is one line saying what is wrong and what would be right.
public struct EngineError: Error, Sendable {
    public var code: lynx_status
    public var systemErrno: Int32
    public var message: String

    public init(_ code: lynx_status, _ message: String, errno: Int32 = 0) {
        self.code = code
        self.systemErrno = errno
        self.message = message
    }

    public static func invalid(_ message: String) -> EngineError { EngineError(lynx_status(LYNX_E_INVALID), message) }

    func store(in target: UnsafeMutablePointer<lynx_error>?) -> lynx_status {
        if let target {
            target.pointee.code = code
            target.pointee.system_errno = systemErrno
            withUnsafeMutableBytes(of: &target.pointee.message) { copyTruncated(message, into: $0) }
        }
        return code
    }
}

/// Copies as much of `text` as fits with its terminator, cutting between characters.
func copyTruncated(_ text: String, into buffer: UnsafeMutableRawBufferPointer) {
    var count = 0
    for scalar in text.unicodeScalars {
        let bytes = UTF8.encode(scalar)!
        guard count + bytes.count < buffer.count else { break }
        for byte in bytes where byte != 0 {
            buffer[count] = byte
            count += 1
        }
    }
    buffer[count] = 0
}
