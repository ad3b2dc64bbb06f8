import Glibc

/// Directories that only their owner may look into.
enum PrivateDirectory {
    /// Makes the directory (0700), and those above it if need be. One that is there already stays as it is.
    static func make(_ path: String) throws(FileError) {
        if mkdir(path, 0o700) == 0 { return }
        if errno == ENOENT, let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")), slash != path.startIndex {
            try make(String(path[..<slash]))
            if mkdir(path, 0o700) == 0 { return }
        }
        guard errno == EEXIST else { throw .last("create directory", path) }
    }
}
