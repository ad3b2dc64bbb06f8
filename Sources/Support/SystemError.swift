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

    /// Returns the result of a system call, or throws its errno if the result is negative.
    public static func check(_ call: String, _ result: CInt) throws(SystemError) -> CInt {
        guard result >= 0 else { throw SystemError(call: call) }
        return result
    }
}

/// A failed file operation, with the operating system's reason.
package struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The operation that failed, as a verb such as `write`.
    package var operation: String
    package var path: String
    package var code: Int32

    package init(operation: String, path: String, code: Int32) {
        self.operation = operation
        self.path = path
        self.code = code
    }

    /// The error that the last system call of this thread left in `errno`.
    package static func last(_ operation: String, _ path: String) -> FileError {
        FileError(operation: operation, path: path, code: errno)
    }

    package var description: String { "cannot \(operation) \(path): \(reason)" }

    /// The operating system's description of `code`.
    package var reason: String { String(cString: strerror(code)) }

    /// Whether the file system or the user's quota is full, which may pass.
    package var isOutOfSpace: Bool { code == ENOSPC || code == EDQUOT }
}
