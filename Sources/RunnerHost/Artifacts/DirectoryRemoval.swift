import Glibc
import Support

/// Removes a directory with what is in it, whatever a simulation has made of it: names that are no UTF-8, folders that may
/// not be written to or entered, nesting of any depth.
///
/// Each step down is an `openat` that follows no link, so that nothing outside is touched. What is mounted inside stays.
struct DirectoryRemoval: ~Copyable {
    /// Whether something that is no directory is to stay.
    ///
    /// - Parameters:
    ///   - path: relative to where the removal began.
    ///   - kind: of `st_mode`, such as `S_IFREG`.
    typealias Keep = (_ path: [UInt8], _ kind: mode_t) -> Bool

    /// Descriptors of directories that are open at the same time; what lies deeper is brought up first.
    private static let maxDepth = 64

    private let top: String
    private let keep: Keep?
    private var device: dev_t = 0
    private var hasMoved = false
    private var moves = 0
    private var failure: FileError?

    private init(_ path: String, _ keep: Keep?) {
        top = path
        self.keep = keep
    }

    /// Removes what it can.
    ///
    /// - Parameter keep: what stays, and the directories on the way to it; nothing if nil. What lies deeper than 64
    ///   directories then stays, too.
    /// - Returns: whether the directory itself is gone.
    /// - Throws: the first failure, if something could not be removed.
    @discardableResult
    static func remove(_ path: String, keeping keep: Keep? = nil) throws(FileError) -> Bool {
        var removal = DirectoryRemoval(path, keep)
        var isEmpty = false
        repeat {
            removal.hasMoved = false
            guard let descriptor = removal.openDirectory(AT_FDCWD, path) else {
                if errno == ENOENT { return true }
                throw .last("open", path)
            }
            var info = stat()
            fstat(descriptor, &info)
            removal.device = info.st_dev
            isEmpty = removal.empty(descriptor, prefix: [], depth: 0, top: descriptor)
        } while removal.hasMoved
        if let failure = removal.failure { throw failure }
        guard isEmpty else { return false }
        guard rmdir(path) == 0 else { throw .last("remove", path) }
        return true
    }

    /// Takes over `descriptor`. Returns whether nothing is left in it.
    private mutating func empty(_ descriptor: Int32, prefix: [UInt8], depth: Int, top: Int32) -> Bool {
        var info = stat()
        fstat(descriptor, &info)
        let isLocked = info.st_mode & S_IRWXU != S_IRWXU
        if isLocked { fchmod(descriptor, S_IRWXU) }
        guard let stream = fdopendir(descriptor) else {
            close(descriptor)
            return false
        }
        defer { closedir(stream) }
        var isEmpty = true
        for name in Self.names(in: stream) where !remove(name, in: descriptor, prefix: prefix, depth: depth, top: top) { isEmpty = false }
        // What stays, stays as it was.
        if isLocked && !isEmpty { fchmod(descriptor, info.st_mode & 0o7777) }
        return isEmpty
    }

    /// Returns whether it is gone.
    private mutating func remove(_ name: [CChar], in parent: Int32, prefix: [UInt8], depth: Int, top: Int32) -> Bool {
        let path = prefix + (prefix.isEmpty ? [] : [UInt8(ascii: "/")]) + name.dropLast().map { UInt8(bitPattern: $0) }
        var info = stat()
        guard fstatat(parent, name, &info, AT_SYMLINK_NOFOLLOW) == 0 else { return errno == ENOENT || fail("look at", path) }
        guard info.st_mode & S_IFMT == S_IFDIR else {
            if let keep, keep(path, info.st_mode & S_IFMT) { return false }
            return unlinkat(parent, name, 0) == 0 || fail("remove", path)
        }
        guard info.st_dev == device else {
            errno = EBUSY
            return fail("remove", path)
        }
        guard depth < Self.maxDepth else { return keep == nil && bringUp(name, from: parent, path, to: top) }
        guard let child = openDirectory(parent, name) else { return fail("open", path) }
        return empty(child, prefix: path, depth: depth + 1, top: top)
            && (unlinkat(parent, name, Int32(AT_REMOVEDIR)) == 0 || fail("remove", path))
    }

    /// Moves a directory to where the removal began, to be found there next.
    private mutating func bringUp(_ name: [CChar], from parent: Int32, _ path: [UInt8], to top: Int32) -> Bool {
        fchmodat(parent, name, S_IRWXU, 0)
        for _ in 0..<1000 {
            moves += 1
            if renameat(parent, name, top, ".deep-\(moves)") == 0 {
                hasMoved = true
                return true
            }
            guard errno == EEXIST || errno == ENOTEMPTY || errno == ENOTDIR else { break }
        }
        return fail("move", path)
    }

    private mutating func fail(_ operation: String, _ path: [UInt8]) -> Bool {
        let code = errno
        failure = failure ?? FileError(operation: operation, path: "\(top)/\(String(decoding: path, as: UTF8.self))", code: code)
        return false
    }

    /// Also one that this user has locked. nil with errno set if it cannot be opened.
    private func openDirectory(_ parent: Int32, _ name: UnsafePointer<CChar>) -> Int32? {
        let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
        var descriptor = openat(parent, name, flags)
        if descriptor < 0 && errno == EACCES && fchmodat(parent, name, S_IRWXU, 0) == 0 { descriptor = openat(parent, name, flags) }
        return descriptor < 0 ? nil : descriptor
    }

    /// With their NULs.
    private static func names(in stream: OpaquePointer) -> [[CChar]] {
        var names: [[CChar]] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { raw in raw.prefix { $0 != 0 }.map { CChar(bitPattern: $0) } }
            if name != [0x2E] && name != [0x2E, 0x2E] { names.append(name + [0]) }
        }
        return names
    }
}
