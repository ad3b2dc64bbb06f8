package import Glibc

package enum Directory {
    /// The names in a directory in order, without `.` and `..`.
    package static func names(in path: String) throws(FileError) -> [String] {
        guard let stream = opendir(path) else { throw .last("list", path) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// The same without those that begin with a dot; none of a directory that cannot be read.
    package static func visibleNames(in path: String) -> [String] {
        ((try? names(in: path)) ?? []).filter { !$0.hasPrefix(".") }
    }

    /// Makes a directory, and those above it if need be; one that is there stays as it is.
    package static func make(_ path: String, mode: mode_t = 0o700) throws(FileError) {
        if mkdir(path, mode) == 0 { return }
        if errno == ENOENT, let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")), slash != path.startIndex {
            try make(String(path[..<slash]), mode: mode)
            if mkdir(path, mode) == 0 { return }
        }
        guard errno == EEXIST else { throw .last("create directory", path) }
    }

    /// Makes what was made, renamed or removed in a directory durable.
    package static func sync(_ path: String) throws(FileError) {
        let directory = try OwnedDescriptor.open(path.isEmpty ? "/" : path, O_RDONLY | O_DIRECTORY)
        guard fsync(directory.raw) == 0 else { throw .last("sync", path) }
    }
}
