import Glibc
import Support
import Synchronization

/// The digests (SHA-256) of engines' libraries and of the files that their settings name. A file is only read again when it has
/// changed.
final class CodeFiles: Sendable {
    private struct Known: Sendable {
        var identity: Identity
        var hash: String
    }

    /// A file whose identity is unchanged has the same content.
    struct Identity: Hashable, Sendable {
        var device: UInt64
        var inode: UInt64
        var size: Int64
        var modified: [Int]
        var changed: [Int]
    }

    private let known = Mutex<[String: Known]>([:])

    /// The size limit in bytes: larger files are not code and would take long.
    private static let largest: Int64 = 1 << 30

    /// The SHA-256 of a regular file; nil if it cannot be read. Blocks on the disk.
    func digest(of path: String) -> String? {
        guard let before = Self.identity(path) else { return nil }
        if let known = known.withLock({ $0[path] }), known.identity == before { return known.hash }
        guard let hash = Self.read(path) else { return nil }
        // A file that was written to meanwhile is read again the next time.
        if Self.identity(path) == before { known.withLock { $0[path] = Known(identity: before, hash: hash) } }
        return hash
    }

    private static func identity(_ path: String) -> Identity? {
        var info = stat()
        guard stat(path, &info) == 0, info.st_mode & S_IFMT == S_IFREG, info.st_size <= largest else { return nil }
        return Identity(info)
    }

    /// The identity of a file or a folder, which changes when an entry is added or removed; nil if there is none.
    static func place(_ path: String) -> Identity? {
        var info = stat()
        return stat(path, &info) == 0 ? Identity(info) : nil
    }

    private static func read(_ path: String) -> String? {
        guard let file = try? OwnedDescriptor.open(path, O_RDONLY | O_NONBLOCK) else { return nil }
        var hash = SHA256()
        do throws(FileError) {
            try file.readPieces(of: 256 << 10, path) { piece in
                hash.update(piece)
                return true
            }
            return hash.finalize().hexadecimal
        } catch {
            return nil
        }
    }
}

extension CodeFiles.Identity {
    fileprivate init(_ info: stat) {
        self.init(
            device: UInt64(info.st_dev), inode: UInt64(info.st_ino), size: Int64(info.st_size),
            modified: [info.st_mtim.tv_sec, info.st_mtim.tv_nsec], changed: [info.st_ctim.tv_sec, info.st_ctim.tv_nsec])
    }
}
