import Glibc

/// Shell patterns (glob(7)), such as `leak-*`.
enum Glob {
    static func matches(_ pattern: String, _ name: String) -> Bool { fnmatch(pattern, name, 0) == 0 }
}
