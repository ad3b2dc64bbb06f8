package import Glibc
package import Support

/// Removes a directory with its content, whatever a simulation has put there: names that are not UTF-8, folders without write
/// or search permission, any depth of nesting.
///
/// Each step down is an `openat` that follows no link, so nothing outside the directory is touched. File systems mounted inside
/// it stay.
package struct DirectoryRemoval: ~Copyable {
    /// Decides whether an entry that is not a directory is kept.
    ///
    /// - Parameters:
    ///   - path: relative to the directory being removed.
    ///   - kind: the file type in `st_mode`, such as `S_IFREG`.
    package typealias Keep = (_ path: [UInt8], _ kind: mode_t) -> Bool

    /// The number of directories open at the same time; deeper ones are moved up to the top first.
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

    /// Removes as much as possible.
    ///
    /// - Parameter keep: the entries to keep, together with the directories that contain them; nil keeps nothing. Entries
    ///   deeper than 64 directories are kept as well.
    /// - Returns: whether the directory itself has been removed.
    /// - Throws: the first failure, if something could not be removed.
    @discardableResult
    package static func remove(_ path: String, keeping keep: Keep? = nil) throws(FileError) -> Bool {
        var removal = DirectoryRemoval(path, keep)
        var isEmpty = false
        repeat {
            removal.hasMoved = false
            let directory: OwnedDescriptor
            do throws(FileError) {
                directory = try Self.openDirectory(path)
            } catch {
                if error.code == ENOENT { return true }
                throw error
            }
            var info = stat()
            fstat(directory.raw, &info)
            removal.device = info.st_dev
            isEmpty = removal.empty(directory, prefix: [], depth: 0, top: directory.raw)
        } while removal.hasMoved
        if let failure = removal.failure { throw failure }
        guard isEmpty else { return false }
        guard rmdir(path) == 0 else { throw .last("remove", path) }
        return true
    }

    /// Returns whether nothing is left in the directory.
    private mutating func empty(_ directory: borrowing OwnedDescriptor, prefix: [UInt8], depth: Int, top: Int32) -> Bool {
        var info = stat()
        fstat(directory.raw, &info)
        let isLocked = info.st_mode & S_IRWXU != S_IRWXU
        if isLocked { fchmod(directory.raw, S_IRWXU) }
        guard let names = try? Directory.rawNames(in: directory, of: self.top) else { return false }
        var isEmpty = true
        for name in names where !remove(name, in: directory, prefix: prefix, depth: depth, top: top) { isEmpty = false }
        // A directory that is kept gets its permissions back.
        if isLocked && !isEmpty { fchmod(directory.raw, info.st_mode & 0o7777) }
        return isEmpty
    }

    /// Returns whether the entry has been removed.
    private mutating func remove(
        _ entry: [UInt8], in parent: borrowing OwnedDescriptor, prefix: [UInt8], depth: Int, top: Int32
    ) -> Bool {
        let path = prefix + (prefix.isEmpty ? [] : [UInt8(ascii: "/")]) + entry
        let name = entry.map { CChar(bitPattern: $0) } + [0]
        var info = stat()
        guard fstatat(parent.raw, name, &info, AT_SYMLINK_NOFOLLOW) == 0 else { return errno == ENOENT || fail("look at", path) }
        guard info.st_mode & S_IFMT == S_IFDIR else {
            if let keep, keep(path, info.st_mode & S_IFMT) { return false }
            return unlinkat(parent.raw, name, 0) == 0 || fail("remove", path)
        }
        guard info.st_dev == device else { return fail("remove", path, EBUSY) }
        guard depth < Self.maxDepth else { return keep == nil && bringUp(name, from: parent.raw, path, to: top) }
        do throws(FileError) {
            let child = try Self.openDirectory(name, in: parent)
            return empty(child, prefix: path, depth: depth + 1, top: top)
                && (unlinkat(parent.raw, name, Int32(AT_REMOVEDIR)) == 0 || fail("remove", path))
        } catch {
            return fail("open", path, error.code)
        }
    }

    /// Moves a directory to the top of the tree, where it is found next.
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

    private mutating func fail(_ operation: String, _ path: [UInt8], _ code: Int32 = errno) -> Bool {
        failure = failure ?? FileError(operation: operation, path: "\(top)/\(String(decoding: path, as: UTF8.self))", code: code)
        return false
    }

    private static let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW

    /// Opens a directory, even one whose permissions this user has taken away.
    private static func openDirectory(_ path: String) throws(FileError) -> OwnedDescriptor {
        do throws(FileError) {
            return try .open(path, flags)
        } catch {
            guard error.code == EACCES, fchmodat(AT_FDCWD, path, S_IRWXU, 0) == 0 else { throw error }
            return try .open(path, flags)
        }
    }

    private static func openDirectory(
        _ name: UnsafePointer<CChar>, in parent: borrowing OwnedDescriptor
    ) throws(FileError) -> OwnedDescriptor {
        do throws(FileError) {
            return try .open(name, in: parent, flags)
        } catch {
            guard error.code == EACCES, fchmodat(parent.raw, name, S_IRWXU, 0) == 0 else { throw error }
            return try .open(name, in: parent, flags)
        }
    }
}
