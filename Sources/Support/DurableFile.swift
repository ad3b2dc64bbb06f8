package import FoundationEssentials
import Glibc

/// Whole files that survive a crash or a power cut: after `replace` returns, the old content or none is never seen again.
package enum DurableFile {
    /// The suffix of files not yet complete.
    package static let temporarySuffix = ".tmp"

    /// Writes `path` beside itself, syncs it, renames it and syncs the directory. Nobody but the owner may read it.
    ///
    /// - Parameter spare: a file in the same directory that is not needed any more, to be written over: that is quicker than
    ///   a new one.
    package static func replace(_ path: String, with content: Data, using spare: String? = nil) throws(FileError) {
        try write(content, as: path, using: spare, isSynced: true)
        try syncDirectory(of: path)
    }

    /// The same without the disk's part: whole for every process that looks at it, but not there for certain after a power cut
    /// until `sync` has returned.
    package static func place(_ path: String, with content: Data, using spare: String? = nil) throws(FileError) {
        try write(content, as: path, using: spare, isSynced: false)
    }

    /// Makes the content of a file durable, not its name. Nothing happens if there is no such file.
    package static func sync(_ path: String) throws(FileError) {
        guard let file = try open(path) else { return }
        guard fsync(file.raw) == 0 else { throw .last("sync", path) }
    }

    /// Makes a rename or a new file in the directory of `path` durable.
    package static func syncDirectory(of path: String) throws(FileError) {
        let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
        try Directory.sync(slash.map { String(path[..<$0]) } ?? ".")
    }

    /// Nil when there is no such file.
    package static func read(_ path: String) throws(FileError) -> Data? {
        guard let file = try open(path) else { return nil }
        return try file.readAll(of: path).map { Data($0) }
    }

    /// Not through a symbolic link.
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
