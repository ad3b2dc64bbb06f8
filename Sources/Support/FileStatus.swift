import Glibc

/// What the system says of a file.
package struct FileStatus: Hashable, Sendable {
    /// In bytes.
    package let size: Int64
    /// Nanoseconds since 1970.
    package let modified: Int64
    private let mode: UInt32

    /// Nil where there is none to be looked at: `errno` says why.
    ///
    /// - Parameter followsLinks: of a symbolic link, to look at what it names.
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

    /// Who may do what: the last nine bits of the mode.
    package var permissions: UInt32 { mode & 0o777 }
}
