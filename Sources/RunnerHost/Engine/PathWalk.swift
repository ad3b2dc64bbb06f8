import Glibc

/// A walk along a path, name by name, each folder opened in the one before. Every folder that is entered must be such that
/// nobody but root and this user can exchange what was found in it.
struct PathWalk: ~Copyable {
    /// The descriptor of the folder that the walk has reached.
    private(set) var descriptor: Int32
    /// The names that led here, without links.
    private var names: [String] = []
    private var left: [String]
    private var links = 0
    private var file: String?

    private static let mostLinks = 40
    /// O_PATH of Linux: no right to read the folder is needed. Glibc's module leaves it out.
    private static let pathOnly: Int32 = 0o10000000

    /// Begins at the root of the file system.
    init(_ path: String) throws(EngineRefusal) {
        left = Self.names(of: path).reversed()
        descriptor = Glibc.open("/", Self.pathOnly | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadable(String(cString: strerror(errno))) }
        try check()
    }

    deinit { close(descriptor) }

    /// Real, as far as the walk has come.
    var path: String { "/" + names.joined(separator: "/") }
    var isAtEnd: Bool { left.isEmpty }
    var hasFollowedLinks: Bool { links > 0 }

    func path(of name: String) -> String { "/" + (names + [name]).joined(separator: "/") }

    mutating func next() -> String? { left.popLast() }

    mutating func enter(_ name: String) throws(EngineRefusal) {
        let inner = openat(descriptor, name, Self.pathOnly | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard inner >= 0 else { throw .unreadable(String(cString: strerror(errno))) }
        close(descriptor)
        descriptor = inner
        names.append(name)
        try check()
    }

    mutating func up() throws(EngineRefusal) {
        let path = names.dropLast()
        names = []
        let root = Glibc.open("/", Self.pathOnly | O_DIRECTORY | O_CLOEXEC)
        guard root >= 0 else { throw .unreadable(String(cString: strerror(errno))) }
        close(descriptor)
        descriptor = root
        for name in path { try enter(name) }
    }

    /// Goes on where a link leads.
    mutating func follow(_ name: String) throws(EngineRefusal) {
        links += 1
        guard links <= Self.mostLinks else { throw .unreadable(String(cString: strerror(ELOOP))) }
        var target = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = target.withUnsafeMutableBytes { readlinkat(descriptor, name, $0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count) }
        guard count > 0 else { throw .unreadable(String(cString: strerror(errno))) }
        let text = String(decoding: target.prefix(count), as: UTF8.self)
        left += Self.names(of: text).reversed()
        if text.hasPrefix("/") {
            names = []
            try up()
        }
    }

    /// The last name is no folder.
    mutating func end(with name: String) {
        file = name
        names.append(name)
    }

    func openFile() throws(EngineRefusal) -> Int32 {
        guard let file else { throw .notALibrary }
        let opened = openat(descriptor, file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
        guard opened >= 0 else { throw .unreadable(String(cString: strerror(errno))) }
        return opened
    }

    private func check() throws(EngineRefusal) {
        var info = stat()
        guard fstat(descriptor, &info) == 0 else { throw .unreadable(String(cString: strerror(errno))) }
        guard EngineFile.isTrusted(info.st_uid) else { throw .foreignOwner(path) }
        // Where it is sticky, such as in /tmp, others may add names, but not exchange what is root's or this user's.
        let isSticky = info.st_mode & S_ISVTX != 0
        guard info.st_mode & (S_IWGRP | S_IWOTH) == 0 || isSticky && !isAtEndOfFolders else { throw .writableByOthers(path) }
    }

    /// Whether only the file's own name is left.
    private var isAtEndOfFolders: Bool { left.count <= 1 }

    private static func names(of path: String) -> [String] {
        path.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }.filter { $0 != "." }
    }
}
