package import Glibc

/// A file descriptor with exactly one owner. It is closed when its owner is destroyed.
public struct OwnedDescriptor: ~Copyable, Sendable {
    public let raw: CInt

    /// Takes ownership of an open descriptor.
    public init(_ raw: CInt) {
        precondition(raw >= 0, "not a file descriptor: \(raw)")
        self.raw = raw
    }

    /// Takes ownership of the descriptor that a system call returned, or throws the call's errno; `call` names it in the error.
    public init(_ call: String, _ result: CInt) throws(SystemError) {
        self.init(try SystemError.check(call, result))
    }

    /// Gives up ownership: the caller has to close the descriptor.
    public consuming func release() -> CInt {
        let raw = self.raw
        discard self
        return raw
    }

    deinit {
        // Linux frees the number even when close reports an error, so there is nothing to try again.
        _ = close(raw)
    }
}

extension OwnedDescriptor {
    /// Opens a file. Programs started by this process do not inherit the descriptor.
    ///
    /// - Parameters:
    ///   - flags: open(2)'s flags, such as `O_RDONLY`; `O_CLOEXEC` is added.
    ///   - mode: the permissions of a file that this call creates.
    package static func open(_ path: String, _ flags: CInt, mode: mode_t = 0o600) throws(FileError) -> OwnedDescriptor {
        let raw = Glibc.open(path, flags | O_CLOEXEC, mode)
        guard raw >= 0 else { throw .last(flags & O_CREAT == 0 ? "open" : "create", path) }
        return OwnedDescriptor(raw)
    }

    /// Opens `name`, which need not be valid text, relative to the directory `folder`; otherwise like `open(_:_:mode:)`.
    package static func open(
        _ name: UnsafePointer<CChar>, in folder: borrowing OwnedDescriptor, _ flags: CInt, mode: mode_t = 0o600
    ) throws(FileError) -> OwnedDescriptor {
        let raw = openat(folder.raw, name, flags | O_CLOEXEC, mode)
        guard raw >= 0 else { throw .last(flags & O_CREAT == 0 ? "open" : "create", String(cString: name)) }
        return OwnedDescriptor(raw)
    }

    /// Opens a file below a directory whose content is not trusted: no component below `directory` may be a symbolic link.
    ///
    /// - Parameters:
    ///   - names: the components of the path below `directory`; `.` and `..` are not checked for.
    ///   - flags: flags for the last component; `O_NOFOLLOW` and `O_CLOEXEC` are added.
    package static func open(_ names: [String], below directory: String, _ flags: CInt) throws(FileError) -> OwnedDescriptor {
        var file = try open(directory, O_RDONLY | O_DIRECTORY)
        for (index, name) in names.enumerated() {
            file = try open(name, in: file, O_NOFOLLOW | (index == names.count - 1 ? flags : O_RDONLY | O_DIRECTORY))
        }
        return file
    }

    /// Opens `/dev/null` for standard streams that were closed when this process started. Otherwise sockets and files would get
    /// their numbers and receive log output.
    package static func openStandardStreams() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
            // open(2) returns the lowest free number, which is this one.
            _ = Glibc.open("/dev/null", O_RDWR)
        }
    }

    /// Reads to the end in pieces of at most `size` bytes, from the descriptor's position.
    ///
    /// - Parameters:
    ///   - path: the file's name, for the error.
    ///   - body: receives each piece, which is valid during the call only; returns false to stop.
    package func readPieces(of size: Int = 64 << 10, _ path: String, _ body: (UnsafeRawBufferPointer) -> Bool) throws(FileError) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = Glibc.read(raw, buffer.baseAddress, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .last("read", path) }
            guard count > 0, body(UnsafeRawBufferPointer(rebasing: buffer[..<count])) else { return }
        }
    }

    /// All bytes from the descriptor's position to the end; nil if there are more than `limit`.
    ///
    /// - Parameter path: the file's name, for the error.
    package func readAll(atMost limit: Int = .max, of path: String) throws(FileError) -> [UInt8]? {
        var content: [UInt8] = []
        var isTooLong = false
        try readPieces(path) { piece in
            isTooLong = content.count + piece.count > limit
            if !isTooLong { content += piece }
            return !isTooLong
        }
        return isTooLong ? nil : content
    }

    /// Fills `buffer` from `offset` on, which does not move the descriptor's position.
    ///
    /// - Parameter path: the file's name, for the error.
    /// - Returns: the number of bytes read; fewer than the buffer holds only at the end of the file.
    package func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer, of path: String) throws(FileError) -> Int {
        var count = 0
        while count < buffer.count {
            let read = pread(raw, buffer.baseAddress! + count, buffer.count - count, off_t(offset) + off_t(count))
            if read < 0, errno == EINTR { continue }
            guard read >= 0 else { throw .last("read", path) }
            if read == 0 { break }
            count += read
        }
        return count
    }

    /// Up to `count` bytes from `offset` on: what is there before the end of the file or an error.
    package func bytes(at offset: Int64 = 0, count: Int) -> [UInt8] {
        let raw = raw
        return [UInt8](unsafeUninitializedCapacity: max(0, count)) { buffer, filled in
            while filled < buffer.count {
                let read = pread(raw, buffer.baseAddress! + filled, buffer.count - filled, off_t(offset) + off_t(filled))
                if read < 0, errno == EINTR { continue }
                guard read > 0 else { return }
                filled += read
            }
        }
    }

    /// Writes all bytes at the descriptor's position.
    ///
    /// - Parameter path: the file's name, for the error.
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

/// Reads small files whole.
package enum WholeFile {
    /// The file's content; nil if it cannot be read or has more than `limit` bytes.
    package static func read(_ path: String, atMost limit: Int = 64 << 20) -> [UInt8]? {
        guard let file = try? OwnedDescriptor.open(path, O_RDONLY) else { return nil }
        return try? file.readAll(atMost: limit, of: path)
    }
}
