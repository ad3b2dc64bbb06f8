package import FoundationEssentials
import Glibc

/// Files that are replaced whole and survive a crash or a power cut: after `replace` returns, readers only ever see the new
/// content.
package enum DurableFile {
    /// The suffix of files that are still being written.
    package static let temporarySuffix = ".tmp"

    /// Writes a temporary file beside `path`, syncs it, renames it to `path` and syncs the directory. Only the owner may read
    /// the file.
    ///
    /// - Parameter spare: a file in the same directory that is no longer needed and may be overwritten, which is faster than
    ///   creating a new one.
    /// - Throws: `FileError`; the temporary file has then been removed.
    package static func replace(_ path: String, with content: Data, using spare: String? = nil) throws(FileError) {
        try write(content, as: path, using: spare, isSynced: true)
        try syncDirectory(of: path)
    }

    /// Does what `replace` does without syncing: every process sees either the old or the new file whole, but the new one may
    /// be lost in a power cut until `sync` has returned.
    package static func place(_ path: String, with content: Data, using spare: String? = nil) throws(FileError) {
        try write(content, as: path, using: spare, isSynced: false)
    }

    /// Makes the content of a file durable, but not its name. Does nothing if the file does not exist.
    package static func sync(_ path: String) throws(FileError) {
        guard let file = try open(path) else { return }
        guard fsync(file.raw) == 0 else { throw .last("sync", path) }
    }

    /// Makes the name of a new or renamed file durable by syncing the directory of `path`.
    package static func syncDirectory(of path: String) throws(FileError) {
        let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
        try Directory.sync(slash.map { String(path[..<$0]) } ?? ".")
    }

    /// The whole content of a file; nil if it does not exist. A symbolic link is not followed.
    package static func read(_ path: String) throws(FileError) -> Data? {
        guard let file = try open(path) else { return nil }
        return try file.readAll(of: path).map { Data($0) }
    }

    /// Opens a file for reading without following a symbolic link; nil if it does not exist.
    private static func open(_ path: String) throws(FileError) -> OwnedDescriptor? {
        do {
            return try .open(path, O_RDONLY | O_NOFOLLOW)
        } catch {
            if error.code == ENOENT { return nil }
            throw error
        }
    }

    private static func write(_ content: Data, as path: String, using spare: String?, isSynced: Bool) throws(FileError) {
        if let spare, let file = try? OwnedDescriptor.open(spare, O_WRONLY | O_NOFOLLOW) {
            try fill(file, spare, with: content, isSynced: isSynced)
            guard rename(spare, path) == 0 else { throw .last("rename", spare) }
        } else {
            let temporary = path + temporarySuffix
            let file = try OwnedDescriptor.open(temporary, O_WRONLY | O_CREAT | O_TRUNC)
            try fill(file, temporary, with: content, isSynced: isSynced)
            guard rename(temporary, path) == 0 else { throw .last("rename", temporary) }
        }
    }

    private static func fill(_ file: borrowing OwnedDescriptor, _ path: String, with content: Data, isSynced: Bool) throws(FileError) {
        do throws(FileError) {
            try file.write(content, to: path)
            guard ftruncate(file.raw, off_t(content.count)) == 0 else { throw .last("truncate", path) }
            guard !isSynced || fsync(file.raw) == 0 else { throw .last("sync", path) }
        } catch {
            // What could not be written whole only takes room that is already scarce.
            unlink(path)
            throw error
        }
    }
}
