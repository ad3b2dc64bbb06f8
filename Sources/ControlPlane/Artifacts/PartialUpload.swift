import FoundationEssentials
import Glibc
import NIOCore
import NIOPosix
import Support

/// A content on its way in: a file that grows, survives a crash of either side, and is taken over when its hash is right.
final class PartialUpload: Sendable {
    enum Failure: Error {
        /// Another call is writing to it.
        case busy
        case offset(Int64)
    }

    let path: String
    private let descriptor: Int32

    /// Opens or makes the file, for this call alone.
    ///
    /// - Throws: `Failure` if it is in use, or if it doesn't hold `offset` bytes; `StorageError`.
    static func open(_ path: String, at offset: Int64) async throws -> PartialUpload {
        try await NIOThreadPool.singleton.runIfActive {
            let upload = try PartialUpload(path: path)
            let size = try upload.size()
            guard size == offset else { throw Failure.offset(size) }
            return upload
        }
    }

    /// How many bytes a file holds; 0 for one that isn't there.
    static func offset(_ path: String) -> Int64 {
        var status = stat()
        return lstat(path, &status) == 0 ? Int64(status.st_size) : 0
    }

    private init(path: String) throws {
        self.path = path
        if let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) { try DirectoryStore.makeDirectory(String(path[..<slash])) }
        descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw DirectoryStore.failure("open", path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { throw Failure.busy }
        // It may have been taken over between the open and the lock.
        var (mine, there) = (stat(), stat())
        guard fstat(descriptor, &mine) == 0, lstat(path, &there) == 0, mine.st_ino == there.st_ino else { throw Failure.busy }
    }

    deinit {
        // Unlocked, not only closed: a child being forked at this moment has a copy until it becomes its program.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    private func size() throws -> Int64 {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw DirectoryStore.failure("look at", path) }
        return Int64(status.st_size)
    }

    /// What there is so far, for the hash of the whole.
    func digest(upTo end: Int64) async throws -> SHA256 {
        try await NIOThreadPool.singleton.runIfActive { [self] in
            var hash = SHA256()
            var offset: Int64 = 0
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 64)
            defer { buffer.deallocate() }
            while offset < end {
                let count = pread(descriptor, buffer.baseAddress, min(buffer.count, Int(end - offset)), off_t(offset))
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { throw DirectoryStore.failure("read", path) }
                hash.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                offset += Int64(count)
            }
            return hash
        }
    }

    func append(_ bytes: ByteBuffer) async throws {
        try await NIOThreadPool.singleton.runIfActive { [self] in
            try bytes.withUnsafeReadableBytes { bytes in
                var start = 0
                while start < bytes.count {
                    let isHole = Self.isHole(bytes, at: start)
                    var end = start + Self.holeBytes
                    while end < bytes.count, Self.isHole(bytes, at: end) == isHole { end += Self.holeBytes }
                    end = min(end, bytes.count)
                    if isHole {
                        try extend(by: end - start)
                    } else {
                        try write(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
                    }
                    start = end
                }
            }
        }
    }

    private func write(_ bytes: UnsafeRawBufferPointer) throws {
        var done = 0
        while done < bytes.count {
            let count = Glibc.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
            if count < 0 {
                if errno == EINTR { continue }
                throw DirectoryStore.failure("write", path)
            }
            done += count
        }
    }

    /// By zeros that take no room on the disk: what a simulation left as a hole would otherwise fill it.
    private func extend(by count: Int) throws {
        guard ftruncate(descriptor, off_t(try size()) + off_t(count)) == 0 else { throw DirectoryStore.failure("write", path) }
    }

    private static let holeBytes = 4096

    /// Whether so many bytes from there on are zeros.
    private static func isHole(_ bytes: UnsafeRawBufferPointer, at start: Int) -> Bool {
        guard bytes.count - start >= holeBytes, bytes[start] == 0 else { return false }
        return memcmp(bytes.baseAddress! + start, bytes.baseAddress! + start + 1, holeBytes - 1) == 0
    }

    func sync() async throws {
        try await NIOThreadPool.singleton.runIfActive { [self] in
            guard fsync(descriptor) == 0 else { throw DirectoryStore.failure("sync", path) }
        }
    }

    func discard() { Self.discard(path) }

    static func discard(_ path: String) { unlink(path) }
}
