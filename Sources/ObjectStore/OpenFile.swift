import Glibc
public import NIOCore
import NIOPosix
import Support

/// A regular file open for reading at any place, away from the threads that tasks share.
public final class OpenFile: Sendable {
    public let path: String
    /// In bytes, when it was opened.
    public let size: Int64
    /// Differs after every change of the file's content, also one that keeps its length and sets back its time.
    public let version: String
    private let descriptor: Int32

    /// Links are not followed.
    ///
    /// - Throws: `S3Error.file`.
    public convenience init(path: String) throws(S3Error) {
        // Non-blocking: it may be a FIFO, which is refused only after it was opened.
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .file(path: path, reason: String(cString: strerror(errno))) }
        try self.init(descriptor: descriptor, path: path)
    }

    /// Opens a file below a directory whose content is not trusted: no step on the way follows a link.
    ///
    /// - Throws: `S3Error.file`.
    public convenience init(path: String, below directory: String) throws(S3Error) {
        let whole = "\(directory)/\(path)"
        func failure() -> S3Error { .file(path: whole, reason: String(cString: strerror(errno))) }
        var parent = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard parent >= 0 else { throw failure() }
        defer { close(parent) }
        let names = path.unicodeScalars.split(separator: "/", omittingEmptySubsequences: false).map { String($0) }
        guard !names.isEmpty, !names.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." }) else {
            throw .file(path: whole, reason: "not a path below its directory")
        }
        for name in names.dropLast() {
            let child = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard child >= 0 else { throw failure() }
            close(parent)
            parent = child
        }
        let descriptor = openat(parent, names[names.count - 1], O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw failure() }
        try self.init(descriptor: descriptor, path: whole)
    }

    private init(descriptor: Int32, path: String) throws(S3Error) {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw .file(path: path, reason: "not a regular file")
        }
        self.descriptor = descriptor
        self.path = path
        size = Int64(status.st_size)
        // No program can set the time of the last change of an inode.
        version = "\(status.st_dev) \(status.st_ino) \(status.st_size) \(status.st_ctim.tv_sec) \(status.st_ctim.tv_nsec)"
    }

    deinit { close(descriptor) }

    /// Up to `count` bytes from `offset` on; fewer only at the end of the file.
    ///
    /// - Throws: `S3Error.file`.
    public func read(at offset: Int64, count: Int) async throws -> ByteBuffer {
        try await NIOThreadPool.singleton.runIfActive { [self] in
            var buffer = ByteBufferAllocator().buffer(capacity: count)
            while buffer.readableBytes < count {
                let done = buffer.readableBytes
                let read = try buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count - done) { bytes in
                    while true {
                        let read = pread(descriptor, bytes.baseAddress, count - done, off_t(offset) + off_t(done))
                        if read >= 0 { return read }
                        guard errno == EINTR else { throw S3Error.file(path: path, reason: String(cString: strerror(errno))) }
                    }
                }
                if read == 0 { break }
            }
            return buffer
        }
    }

    /// The bytes of a part of the file, a piece at a time.
    public func pieces(from offset: Int64 = 0, count: Int64? = nil, piece: Int = 256 << 10) -> Pieces {
        Pieces(file: self, start: offset, end: offset + (count ?? size - offset), piece: piece)
    }

    /// Lower-case hexadecimal SHA-256 of the whole file.
    public func sha256() async throws -> String {
        var hash = SHA256()
        for try await piece in pieces() { piece.withUnsafeReadableBytes { hash.update($0) } }
        return hash.finalize().hexadecimal
    }

    public struct Pieces: AsyncSequence, Sendable {
        let file: OpenFile
        let start: Int64
        let end: Int64
        let piece: Int

        public struct AsyncIterator: AsyncIteratorProtocol {
            let file: OpenFile
            var offset: Int64
            let end: Int64
            let piece: Int

            /// - Throws: `S3Error.file`, also when the file has become shorter than it was.
            public mutating func next() async throws -> ByteBuffer? {
                guard offset < end else { return nil }
                let wanted = Int(Swift.min(Int64(piece), end - offset))
                let buffer = try await file.read(at: offset, count: wanted)
                guard buffer.readableBytes == wanted else { throw S3Error.file(path: file.path, reason: "it has become shorter") }
                offset += Int64(wanted)
                return buffer
            }
        }

        public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(file: file, offset: start, end: end, piece: piece) }
    }
}
