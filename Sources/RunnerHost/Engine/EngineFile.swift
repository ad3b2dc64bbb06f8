import Glibc
import Support

/// A file that may be an engine, and the checks before its code runs in this process.
///
/// Loading a library runs its code, so only files are loaded that nobody but this user and root can have put there: this is
/// checked for the file, for every folder on its path, and for every link.
package struct EngineFile {
    let path: String

    package init(path: String) { self.path = path }

    /// Loads the file that was checked.
    ///
    /// It is loaded by its real path: an engine finds the files beside it by the path it was loaded from, and so does the
    /// dynamic linker (`$ORIGIN`), which excludes `/proc/self/fd`. Nobody else can have changed what that path leads to, as
    /// everything on it belongs to this user or root; a last check confirms that it leads to the file that was checked.
    package func load() throws(EngineRefusal) -> UnsafeMutableRawPointer {
        let found = try open()
        guard Self.identity(of: found.file.raw) == Self.identity(of: found.path) else {
            throw .unreadable("it was replaced while it was being checked")
        }
        guard let handle = dlopen(found.path, RTLD_NOW | RTLD_LOCAL | Int32(RTLD_NODELETE)) else {
            throw .unresolved(dlerror().map { String(cString: $0) } ?? "unknown reason")
        }
        return handle
    }

    package func check() throws(EngineRefusal) { _ = try open() }

    private struct Found: ~Copyable {
        let file: OwnedDescriptor
        /// The path without links.
        let path: String
    }

    /// Opens the file and checks it and everything on its path.
    private func open() throws(EngineRefusal) -> Found {
        var walk = try PathWalk.start(absolute(path))
        while let step = walk.next() { try visit(step, &walk) }
        let file = try walk.openFile()
        try checkFile(file, walk.hasFollowedLinks ? walk.path : path)
        return Found(file: file, path: walk.path)
    }

    /// Processes one name of the path: the entry is examined in the folder that has been opened, and a link is resolved here.
    private func visit(_ name: String, _ walk: inout PathWalk) throws(EngineRefusal) {
        guard name != ".." else { return try walk.up() }
        var info = stat()
        guard fstatat(walk.folder.raw, name, &info, AT_SYMLINK_NOFOLLOW) == 0 else { throw .unreadable(String(cString: strerror(errno))) }
        switch info.st_mode & S_IFMT {
        case S_IFLNK:
            // The mode of a link is meaningless; the permissions of its folder determine who may replace it.
            guard Self.isTrusted(info.st_uid) else { throw .foreignOwner(walk.path(of: name)) }
            try walk.follow(name)
        case S_IFDIR:
            try walk.enter(name)
        default:
            guard walk.isAtEnd else { throw .unreadable(String(cString: strerror(ENOTDIR))) }
            walk.end(with: name)
        }
    }

    private func checkFile(_ file: borrowing OwnedDescriptor, _ path: String) throws(EngineRefusal) {
        var info = stat()
        guard fstat(file.raw, &info) == 0, info.st_mode & S_IFMT == S_IFREG else { throw .notALibrary }
        guard info.st_mode & (S_IWGRP | S_IWOTH) == 0 else { throw .writableByOthers(path) }
        guard Self.isTrusted(info.st_uid) else { throw .foreignOwner(path) }
        // The bytes are e_ident and e_type of the ELF header; 3 is ET_DYN.
        let header = file.bytes(count: 18)
        guard header.count == 18, header[0...3] == [0x7F, 0x45, 0x4C, 0x46], header[16] == 3 else {
            throw .notALibrary
        }
    }

    static func isTrusted(_ owner: uid_t) -> Bool { owner == 0 || owner == geteuid() }

    private func absolute(_ path: String) -> String {
        if path.hasPrefix("/") { return path }
        guard let here = getcwd(nil, 0) else { return path }
        defer { free(here) }
        return "\(String(cString: here))/\(path)"
    }

    private struct Identity: Equatable {
        var device: dev_t
        var inode: ino_t
    }

    private static func identity(of descriptor: Int32) -> Identity? {
        var info = stat()
        return fstat(descriptor, &info) == 0 ? Identity(device: info.st_dev, inode: info.st_ino) : nil
    }

    private static func identity(of path: String) -> Identity? {
        var info = stat()
        return lstat(path, &info) == 0 ? Identity(device: info.st_dev, inode: info.st_ino) : nil
    }
}

/// The reason why a file in the search path is not used as an engine.
package enum EngineRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    case unreadable(String)
    case notALibrary
    case writableByOthers(String)
    case foreignOwner(String)
    case unresolved(String)
    case noEntrySymbol
    /// The file belongs to an engine; this is not reported.
    case part
    case otherMajor
    case malformed(String)
    case duplicate(id: String, of: String)
    /// The process that was to load it ended, or could not be started.
    case crashed(String)

    package var description: String {
        switch self {
        case .unreadable(let reason): "cannot be read: \(reason)"
        case .notALibrary: "not an engine: not a shared library"
        case .writableByOthers(let path): "others may write \(path); take that away with: chmod go-w '\(path)'"
        case .foreignOwner(let path): "\(path) belongs to another user; it must belong to root or to the user the runner runs as"
        case .unresolved(let reason): "cannot be loaded: \(reason)"
        case .noEntrySymbol: "not an engine: it does not export lynx_engine_entry"
        case .part: "not an engine: part of one"
        case .otherMajor: "another ABI: it does not serve major version \(HostTable.abiMajor), the host's; rebuild it with the host's engine_abi.h"
        case .malformed(let reason): "breaks the ABI: \(reason)"
        case .crashed(let reason): "cannot be loaded: \(reason)"
        case .duplicate(let id, let other): "duplicate id '\(id)': \(other) comes first in the search path"
        }
    }
}
