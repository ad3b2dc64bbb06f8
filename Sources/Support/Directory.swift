package import Glibc

package enum Directory {
    /// The names in a directory in order, without `.` and `..`.
    package static func names(in path: String) throws(FileError) -> [String] {
        let directory: OwnedDescriptor
        do throws(FileError) {
            directory = try .open(path, O_RDONLY | O_DIRECTORY)
        } catch {
            throw FileError(operation: "list", path: path, code: error.code)
        }
        return try rawNames(in: directory, of: path).map { String(decoding: $0, as: UTF8.self) }.sorted()
    }

    /// The names in an open directory as bytes, in no order, without `.` and `..`.
    ///
    /// - Parameters:
    ///   - path: the directory's name, for the error.
    ///   - limit: the number of names after which reading stops.
    package static func rawNames(
        in directory: borrowing OwnedDescriptor, of path: String, atMost limit: Int = .max
    ) throws(FileError) -> [[UInt8]] {
        // The stream owns the descriptor that it reads from, which therefore is a duplicate.
        let duplicate = fcntl(directory.raw, F_DUPFD_CLOEXEC, 0)
        guard duplicate >= 0, let stream = fdopendir(duplicate) else {
            let error = FileError.last("list", path)
            if duplicate >= 0 { close(duplicate) }
            throw error
        }
        defer { closedir(stream) }
        rewinddir(stream)
        var names: [[UInt8]] = []
        while names.count < limit, let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            if name != Array(".".utf8), name != Array("..".utf8) { names.append(name) }
        }
        return names
    }

    /// The names in a directory, in order, that do not begin with a dot; empty if the directory cannot be read.
    package static func visibleNames(in path: String) -> [String] {
        ((try? names(in: path)) ?? []).filter { !$0.hasPrefix(".") }
    }

    /// Creates a directory and its missing parents. A directory that exists is left unchanged.
    package static func make(_ path: String, mode: mode_t = 0o700) throws(FileError) {
        if mkdir(path, mode) == 0 { return }
        if errno == ENOENT, let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")), slash != path.startIndex {
            try make(String(path[..<slash]), mode: mode)
            if mkdir(path, mode) == 0 { return }
        }
        guard errno == EEXIST else { throw .last("create directory", path) }
    }

    /// Makes the creation, renaming and removal of entries in a directory durable.
    package static func sync(_ path: String) throws(FileError) {
        let directory = try OwnedDescriptor.open(path.isEmpty ? "/" : path, O_RDONLY | O_DIRECTORY)
        guard fsync(directory.raw) == 0 else { throw .last("sync", path) }
    }
}

/// The metadata of a file, from stat(2).
package struct FileStatus: Hashable, Sendable {
    /// Size in bytes.
    package let size: Int64
    /// Time of the last modification, in nanoseconds since 1970.
    package let modified: Int64
    private let mode: UInt32

    /// Nil if the file cannot be examined; `errno` holds the reason.
    ///
    /// - Parameter followsLinks: whether a symbolic link stands for the file that it names.
    package init?(_ path: String, followsLinks: Bool = true) {
        var info = stat()
        guard (followsLinks ? stat(path, &info) : lstat(path, &info)) == 0 else { return nil }
        self.init(info)
    }

    package init?(descriptor: CInt) {
        var info = stat()
        guard fstat(descriptor, &info) == 0 else { return nil }
        self.init(info)
    }

    private init(_ info: stat) {
        size = Int64(info.st_size)
        modified = Int64(info.st_mtim.tv_sec) * 1_000_000_000 + Int64(info.st_mtim.tv_nsec)
        mode = info.st_mode
    }

    package var isRegular: Bool { mode & S_IFMT == S_IFREG }
    package var isDirectory: Bool { mode & S_IFMT == S_IFDIR }

    /// The permission bits: the last nine bits of the mode.
    package var permissions: UInt32 { mode & 0o777 }
}
