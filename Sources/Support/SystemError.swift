public import Glibc

/// A system call that failed: which one, and the errno it left.
public struct SystemError: Error, Hashable, Sendable, CustomStringConvertible {
    public let call: String
    public let code: CInt

    public init(call: String, code: CInt = errno) {
        self.call = call
        self.code = code
    }

    public var description: String {
        let message = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
            strerror_r(code, buffer.baseAddress!, buffer.count) == 0 ? String(cString: buffer.baseAddress!) : "error \(code)"
        }
        return "\(call): \(message)"
    }

    /// Passes the result of a system call on, or throws what it left in errno when it is negative.
    public static func check(_ call: String, _ result: CInt) throws(SystemError) -> CInt {
        guard result >= 0 else { throw SystemError(call: call) }
        return result
    }
}
