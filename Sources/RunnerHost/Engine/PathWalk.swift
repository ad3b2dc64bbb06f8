import Glibc
import Support

/// A walk along a path, in which each folder is opened relative to the previous one. A folder is only entered if nobody but
/// root and this user can replace what was found in it.
struct PathWalk: ~Copyable {
    /// The current folder.
    private(set) var folder: OwnedDescriptor
    /// The names that lead to the current folder, without links.
    private var names: [String] = []
    private var left: [String]
    private var links = 0
    private var file: String?

    private static let mostLinks = 40
    /// Linux's O_PATH, which needs no permission to read the folder. Glibc's module lacks it.
    private static let pathOnly: Int32 = 0o10000000

    /// Starts at the root of the file system.
    static func start(_ path: String) throws(EngineRefusal) -> PathWalk {
        let walk = PathWalk(root: try root(), path)
        try walk.check(isFolderOfFile: walk.isAtEndOfFolders)
        return walk
    }

    private init(root: consuming OwnedDescriptor, _ path: String) {
        folder = root
        left = Self.names(of: path).reversed()
    }

    private static func root() throws(EngineRefusal) -> OwnedDescriptor {
        do throws(FileError) { return try .open("/", pathOnly | O_DIRECTORY) } catch { throw .unreadable(error.reason) }
    }

    /// The real path of the current folder.
    var path: String { "/" + names.joined(separator: "/") }
    var isAtEnd: Bool { left.isEmpty }
    var hasFollowedLinks: Bool { links > 0 }

    func path(of name: String) -> String { "/" + (names + [name]).joined(separator: "/") }

    mutating func next() -> String? { left.popLast() }

    mutating func enter(_ name: String) throws(EngineRefusal) { try enter(name, isFolderOfFile: isAtEndOfFolders) }

    private mutating func enter(_ name: String, isFolderOfFile: Bool) throws(EngineRefusal) {
        do throws(FileError) {
            folder = try .open(name, in: folder, Self.pathOnly | O_DIRECTORY | O_NOFOLLOW)
        } catch {
            throw .unreadable(error.reason)
        }
        names.append(name)
        try check(isFolderOfFile: isFolderOfFile)
    }

    mutating func up() throws(EngineRefusal) {
        let path = names.dropLast()
        names = []
        folder = try Self.root()
        for (index, name) in path.enumerated() {
            try enter(name, isFolderOfFile: isAtEndOfFolders && index == path.count - 1)
        }
    }

    /// Continues at the target of a link.
    mutating func follow(_ name: String) throws(EngineRefusal) {
        links += 1
        guard links <= Self.mostLinks else { throw .unreadable(String(cString: strerror(ELOOP))) }
        var target = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = target.withUnsafeMutableBytes { readlinkat(folder.raw, name, $0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count) }
        guard count > 0 else { throw .unreadable(String(cString: strerror(errno))) }
        let text = String(decoding: target.prefix(count), as: UTF8.self)
        left += Self.names(of: text).reversed()
        if text.hasPrefix("/") {
            names = []
            try up()
        }
    }

    /// Ends the walk at a name that is not a folder.
    mutating func end(with name: String) {
        file = name
        names.append(name)
    }

    func openFile() throws(EngineRefusal) -> OwnedDescriptor {
        guard let file else { throw .notALibrary }
        do throws(FileError) {
            return try .open(file, in: folder, O_RDONLY | O_NONBLOCK | O_NOFOLLOW)
        } catch {
            throw .unreadable(error.reason)
        }
    }

    private func check(isFolderOfFile: Bool) throws(EngineRefusal) {
        var info = stat()
        guard fstat(folder.raw, &info) == 0 else { throw .unreadable(String(cString: strerror(errno))) }
        guard EngineFile.isTrusted(info.st_uid) else { throw .foreignOwner(path) }
        // In a sticky folder such as /tmp, other users may add names but cannot replace files of root and this user.
        let isSticky = info.st_mode & S_ISVTX != 0
        guard info.st_mode & (S_IWGRP | S_IWOTH) == 0 || isSticky && !isFolderOfFile else { throw .writableByOthers(path) }
    }

    /// Whether only the file's own name is left.
    private var isAtEndOfFolders: Bool { left.count <= 1 }

    private static func names(of path: String) -> [String] {
        path.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }.filter { $0 != "." }
    }
}
