package import Glibc

extension OwnedDescriptor {
    /// Opens a file. Programs that are started meanwhile do not get the descriptor.
    ///
    /// - Parameters:
    ///   - flags: such as `O_RDONLY`; `O_CLOEXEC` is added.
    ///   - mode: of a file that is made.
    package static func open(_ path: String, _ flags: CInt, mode: mode_t = 0o600) throws(FileError) -> OwnedDescriptor {
        let raw = Glibc.open(path, flags | O_CLOEXEC, mode)
        guard raw >= 0 else { throw .last(flags & O_CREAT == 0 ? "open" : "create", path) }
        return OwnedDescriptor(raw)
    }

    /// All bytes from where the descriptor is; nil if they are more than `limit`.
    ///
    /// - Parameter path: for the error.
    package func readAll(atMost limit: Int = .max, of path: String) throws(FileError) -> [UInt8]? {
        var content: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = Glibc.read(raw, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .last("read", path) }
            if count == 0 { return content }
            guard content.count + count <= limit else { return nil }
            content += piece[..<count]
        }
    }

    /// Writes all bytes.
    ///
    /// - Parameter path: for the error.
    package func write(_ bytes: some Collection<UInt8>, to path: String) throws(FileError) {
        let raw = raw
        let result = bytes.withContiguousStorageIfAvailable { Self.write(UnsafeRawBufferPointer($0), to: raw, path) }
        try (result ?? Array(bytes).withUnsafeBytes { Self.write($0, to: raw, path) }).get()
    }

    private static func write(_ bytes: UnsafeRawBufferPointer, to raw: CInt, _ path: String) -> Result<Void, FileError> {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Glibc.write(raw, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return .failure(.last("write", path)) }
            rest = rest.dropFirst(count)
        }
        return .success(())
    }
}

/// Small files, read whole.
package enum WholeFile {
    /// Nil if the file cannot be read, or is larger than `limit`.
    package static func read(_ path: String, atMost limit: Int = 64 << 20) -> [UInt8]? {
        guard let file = try? OwnedDescriptor.open(path, O_RDONLY) else { return nil }
        return try? file.readAll(atMost: limit, of: path)
    }
}
