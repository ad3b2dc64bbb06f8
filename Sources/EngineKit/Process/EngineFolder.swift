import CLinux
import Glibc

/// The folder of the engine's library or of the executable that contains this code, without links.
public enum EngineFolder {
    /// The path of a file beside the library, without links; nil if it does not exist, or if anybody but root and this user may
    /// replace it.
    public static func file(_ name: String) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        guard lynx_library_path(&buffer, buffer.count) == 0 else { return nil }
        return file(name, beside: String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }

    /// - Parameter library: an absolute path without links.
    static func file(_ name: String, beside library: String) -> String? {
        let folder = parent(of: library)
        // What is checked is what is opened: the path that is returned leads through no link that somebody might change.
        guard isTrusted(folder, isFolderOfFile: true), let real = realpath(folder + "/" + name, nil) else { return nil }
        defer { free(real) }
        let path = String(cString: real)
        return isTrusted(path) && access(path, R_OK) == 0 ? path : nil
    }

    /// Whether nobody but root and this user may replace what an absolute path without links leads to.
    private static func isTrusted(_ path: String, isFolderOfFile: Bool = false) -> Bool {
        var info = stat()
        guard lstat(path.isEmpty ? "/" : path, &info) == 0, info.st_uid == 0 || info.st_uid == geteuid() else { return false }
        let isFolder = info.st_mode & S_IFMT == S_IFDIR
        // In a sticky folder such as /tmp, further up, others may add names but not replace files of root and this user.
        guard info.st_mode & 0o022 == 0 || isFolder && info.st_mode & S_ISVTX != 0 && !isFolderOfFile else { return false }
        return path.isEmpty || isTrusted(parent(of: path), isFolderOfFile: !isFolder)
    }

    /// Empty for the root of the file system.
    private static func parent(of path: String) -> String { path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[..<$0]) } ?? "" }
}
