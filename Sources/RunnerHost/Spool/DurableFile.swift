import FoundationEssentials
import Glibc

/// A failed file operation, with the operating system's reason.
package struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was being done, such as `write`.
    package var operation: String
    package var path: String
    package var code: Int32

    package var description: String { "cannot \(operation) \(path): \(String(cString: strerror(code)))" }

    /// The file system, or the user's share of it, is full; it may not stay so.
    package var isOutOfSpace: Bool { code == ENOSPC || code == EDQUOT }

    static func last(_ operation: String, _ path: String) -> FileError {
        FileError(operation: operation, path: path, code: errno)
    }
}

/// Whole files that survive a crash or a power cut: after `replace` returns, the old content or none is never seen again.
enum DurableFile {
    /// The suffix of files not yet complete.
    static let temporarySuffix = ".tmp"

    /// Writes `path` beside itself, syncs it, renames it and syncs the directory. Nobody but the owner may read it.
    ///
    /// - Parameter spare: a file in the same directory that is not needed any more, to be written over: that is quicker than
    ///   a new one.
    static func replace(_ path: String, with content: Data, using spare: String? = nil) throws(FileError) {
        try write(content, as: path, using: spare, isSynced: true)
        try syncDirectory(of: path)
    }

    /// The same without the disk's part: whole for every process that looks at it, but not there for certain after a power cut
    /// until `sync` has returned.
    static func place(_ path: String, with content: Data, using spare: String? = nil) throws(FileError) {
        try write(content, as: path, using: spare, isSynced: false)
    }

    /// Makes the content of a file durable, not its name. Nothing happens if there is no such file.
    static func sync(_ path: String) throws(FileError) {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard file >= 0 else {
            if errno == ENOENT { return }
            throw .last("open", path)
        }
        defer { close(file) }
        guard fsync(file) == 0 else { throw .last("sync", path) }
    }

    private static func write(_ content: Data, as path: String, using spare: String?, isSynced: Bool) throws(FileError) {
        var temporary = path + temporarySuffix
        var file: Int32 = -1
        if let spare {
            file = open(spare, O_WRONLY | O_NOFOLLOW | O_CLOEXEC)
            if file >= 0 { temporary = spare }
        }
        if file < 0 { file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600) }
        guard file >= 0 else { throw .last("create", temporary) }
        do throws(FileError) {
            defer { close(file) }
            try write(content, to: file, path: temporary)
            guard temporary != spare || ftruncate(file, off_t(content.count)) == 0 else { throw .last("truncate", temporary) }
            guard !isSynced || fsync(file) == 0 else { throw .last("sync", temporary) }
        } catch {
            // What could not be written whole only takes room that is already scarce.
            unlink(temporary)
            throw error
        }
        guard rename(temporary, path) == 0 else { throw .last("rename", temporary) }
    }

    /// nil when there is no such file.
    static func read(_ path: String) throws(FileError) -> Data? {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard file >= 0 else {
            if errno == ENOENT { return nil }
            throw .last("open", path)
        }
        defer { close(file) }
        var content = Data()
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = Glibc.read(file, &chunk, chunk.count)
            if count > 0 {
                content.append(contentsOf: chunk[..<count])
            } else if count == 0 {
                return content
            } else if errno != EINTR {
                throw .last("read", path)
            }
        }
    }

    /// Makes a rename or a new file in the directory of `path` durable.
    static func syncDirectory(of path: String) throws(FileError) {
        let parent = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[..<$0]) } ?? "."
        let directory = open(parent.isEmpty ? "/" : parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw .last("open", parent) }
        defer { close(directory) }
        guard fsync(directory) == 0 else { throw .last("sync", parent) }
    }

    /// The names in a directory, without `.` and `..`, in order.
    static func names(in path: String) throws(FileError) -> [String] {
        guard let directory = opendir(path) else { throw .last("list", path) }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = Glibc.readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    private static func write(_ content: Data, to file: Int32, path: String) throws(FileError) {
        var written = 0
        while written < content.count {
            let count = content.withUnsafeBytes { bytes in
                Glibc.write(file, bytes.baseAddress! + written, bytes.count - written)
            }
            if count >= 0 {
                written += count
            } else if errno != EINTR {
                throw .last("write", path)
            }
        }
    }
}
