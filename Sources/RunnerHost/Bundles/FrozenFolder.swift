import Glibc
import Support

/// A folder whose content is not to change any more: without permission to write, and with a fingerprint of names, sizes, times
/// and permissions by which a change is found.
enum FrozenFolder {
    /// What a walk over a folder's entries found.
    struct Content: Hashable, Sendable {
        /// SHA-256 over the metadata of all entries.
        var fingerprint: String
        var entries: Int
        /// The space that it takes on the disk.
        var bytes: Int64
    }

    /// The most entries of a folder, so that no bundle can make a walk endless.
    static let mostEntries = 400_000

    /// Takes away the permission to write, and the bits that change a program's user.
    static func freeze(_ path: String) throws(FileError) {
        var info = stat()
        // Not a link to a folder elsewhere either.
        guard lstat(path, &info) == 0 else { throw .last("look at", path) }
        guard info.st_mode & S_IFMT == S_IFDIR else { throw FileError(operation: "freeze", path: path, code: ENOTDIR) }
        try walk(path) { (path, info) throws(FileError) in
            guard info.st_mode & S_IFMT != S_IFLNK else { return }
            guard chmod(path, info.st_mode & 0o555) == 0 else { throw .last("change the mode of", path) }
        }
    }

    static func content(of path: String) throws(FileError) -> Content {
        var hash = SHA256()
        var content = Content(fingerprint: "", entries: 0, bytes: 0)
        try walk(path) { (path, info) throws(FileError) in
            content.entries += 1
            content.bytes += Int64(info.st_blocks) * 512
            // The time of a link's target does not matter, and a folder's size depends on the file system.
            let size = info.st_mode & S_IFMT == S_IFDIR ? 0 : Int64(info.st_size)
            hash.update(Array("\(path)\0\(info.st_mode) \(size) \(info.st_mtim.tv_sec).\(info.st_mtim.tv_nsec)\n".utf8))
        }
        content.fingerprint = hash.finalize().hexadecimal
        return content
    }

    /// The space in bytes that a folder takes on the disk; 0 if it is not there.
    static func bytes(of path: String) -> Int64 { (try? content(of: path).bytes) ?? 0 }

    /// Visits the folder and all below it without following links, in the order of the names, each before what is in it.
    private static func walk(_ path: String, _ visit: (String, stat) throws(FileError) -> Void) throws(FileError) {
        var pending = [path]
        var count = 0
        while let next = pending.popLast() {
            var info = stat()
            guard lstat(next, &info) == 0 else { throw .last("look at", next) }
            count += 1
            guard count <= mostEntries else { throw FileError(operation: "walk", path: path, code: EMLINK) }
            try visit(next, info)
            guard info.st_mode & S_IFMT == S_IFDIR else { continue }
            pending += try Directory.names(in: next).reversed().map { "\(next)/\($0)" }
        }
    }
}
