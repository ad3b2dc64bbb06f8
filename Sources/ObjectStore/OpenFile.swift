import Glibc
public import NIOCore
import NIOPosix
import Support

/// A regular file open for reading at any offset. Reads run outside the threads that tasks share.
public final class OpenFile: Sendable {
    public let path: String
    /// Size in bytes when the file was opened.
    public let size: Int64
    /// A text that differs after every change of the file's content, even one that keeps its length and sets its modification
    /// time back.
    public let version: String
    private let file: OwnedDescriptor

    /// Opens a file; a symbolic link is not followed.
    ///
    /// - Throws: `S3Error.file`.
    public convenience init(path: String) throws(S3Error) {
        try self.init(path) { () throws(FileError) in try .open(path, Self.flags) }
    }

    /// Opens a file below a directory whose content is not trusted: no component of the path may be a symbolic link.
    ///
    /// - Throws: `S3Error.file`.
    public convenience init(path: String, below directory: String) throws(S3Error) {
        let whole = "\(directory)/\(path)"
        let names = path.unicodeScalars.split(separator: "/", omittingEmptySubsequences: false).map { String($0) }
        guard !names.isEmpty, !names.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." }) else {
            throw .file(path: whole, reason: "not a path below its directory")
        }
        try self.init(whole) { () throws(FileError) in try .open(names, below: directory, Self.flags) }
    }

    /// Non-blocking because the path may be a FIFO, which can only be refused after it was opened.
    private static let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK

    private init(_ path: String, _ open: () throws(FileError) -> OwnedDescriptor) throws(S3Error) {
        let file: OwnedDescriptor
        do throws(FileError) {
            file = try open()
        } catch {
            throw .file(path: path, reason: error.reason)
        }
        var status = stat()
        guard fstat(file.raw, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw .file(path: path, reason: "not a regular file")
        }
        self.file = file
        self.path = path
        size = Int64(status.st_size)
        // No program can set an inode's change time.
        version = "\(status.st_dev) \(status.st_ino) \(status.st_size) \(status.st_ctim.tv_sec) \(status.st_ctim.tv_nsec)"
    }


    /// Reads up to `count` bytes from `offset`; fewer only at the end of the file.
    ///
    /// - Throws: `S3Error.file`.
    public func read(at offset: Int64, count: Int) async throws -> ByteBuffer {
        try await NIOThreadPool.singleton.runIfActive { [self] in
            var buffer = ByteBufferAllocator().buffer(capacity: count)
            do {
                try buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { bytes in
                    try file.read(at: offset, into: UnsafeMutableRawBufferPointer(rebasing: bytes[..<count]), of: path)
                }
            } catch let error as FileError {
                throw S3Error.file(path: path, reason: error.reason)
            }
            return buffer
        }
    }

    /// The bytes of a part of the file as a sequence of pieces of at most `piece` bytes.
    public func pieces(from offset: Int64 = 0, count: Int64? = nil, piece: Int = 256 << 10) -> Pieces {
        Pieces(file: self, start: offset, end: offset + (count ?? size - offset), piece: piece)
    }

    /// SHA-256 of the whole file in lower-case hexadecimal.
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

            /// - Throws: `S3Error.file`, also if the file has become shorter since it was opened.
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
