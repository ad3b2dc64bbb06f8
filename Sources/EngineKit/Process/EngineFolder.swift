import CLinux
import Glibc

/// The folder of the library that this code is in.
public enum EngineFolder {
    /// The path of a file beside the library; nil if there is none, or if others may write to it.
    public static func file(_ name: String) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        guard lynx_library_path(&buffer, buffer.count) == 0 else { return nil }
        let library = ProgramLookup.absolute(String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
        let path = library.prefix(through: library.utf8.lastIndex(of: UInt8(ascii: "/")) ?? library.startIndex) + name
        var info = stat()
        guard stat(String(path), &info) == 0, info.st_mode & 0o022 == 0, info.st_uid == 0 || info.st_uid == geteuid() else { return nil }
        return access(String(path), R_OK) == 0 ? String(path) : nil
    }
}
