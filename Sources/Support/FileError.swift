import Glibc

/// A failed file operation, with the operating system's reason.
package struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was being done, such as `write`.
    package var operation: String
    package var path: String
    package var code: Int32

    package init(operation: String, path: String, code: Int32) {
        self.operation = operation
        self.path = path
        self.code = code
    }

    /// What the last system call of this thread left in `errno`.
    package static func last(_ operation: String, _ path: String) -> FileError {
        FileError(operation: operation, path: path, code: errno)
    }

    package var description: String { "cannot \(operation) \(path): \(reason)" }

    /// The system's words.
    package var reason: String { String(cString: strerror(code)) }

    /// The file system, or the user's share of it, is full; it may not stay so.
    package var isOutOfSpace: Bool { code == ENOSPC || code == EDQUOT }
}
