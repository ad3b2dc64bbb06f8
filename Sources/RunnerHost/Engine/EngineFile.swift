import Glibc

/// A file that may be an engine, and the checks that come before its code runs in this process.
///
/// Loading a library runs its code, so only what this user or root alone can have put there is loaded: that holds for the
/// file, for every folder on the way to it, and for every link.
struct EngineFile {
    let path: String

    /// Loads the file that was checked.
    ///
    /// It is loaded by its real path: an engine finds what lies beside it by the path that it was loaded from, and so does the
    /// dynamic linker (`$ORIGIN`), which rules `/proc/self/fd` out. Nobody else can have changed what that path leads to, as
    /// all of it was found to be this user's or root's; and that it leads to the file checked is seen once more at the end.
    func load() throws(EngineRefusal) -> UnsafeMutableRawPointer {
        let found = try open()
        defer { close(found.descriptor) }
        guard Self.identity(of: found.descriptor) == Self.identity(of: found.path) else { throw .unreadable("it was exchanged while it was being checked") }
        guard let handle = dlopen(found.path, RTLD_NOW | RTLD_LOCAL | Int32(RTLD_NODELETE)) else {
            throw .unresolved(dlerror().map { String(cString: $0) } ?? "unknown reason")
        }
        return handle
    }

    func check() throws(EngineRefusal) { close(try open().descriptor) }

    /// Opens the file and checks it, and everything on the way.
    private func open() throws(EngineRefusal) -> (descriptor: Int32, path: String) {
        var walk = try PathWalk(absolute(path))
        while let step = walk.next() { try take(step, &walk) }
        let descriptor = try walk.openFile()
        do throws(EngineRefusal) {
            try checkFile(descriptor, walk.hasFollowedLinks ? walk.path : path)
        } catch {
            close(descriptor)
            throw error
        }
        return (descriptor, walk.path)
    }

    /// One name on the way: what it stands for is looked at in the folder that has been opened, and a link is followed by hand.
    private func take(_ name: String, _ walk: inout PathWalk) throws(EngineRefusal) {
        guard name != ".." else { return try walk.up() }
        var info = stat()
        guard fstatat(walk.descriptor, name, &info, AT_SYMLINK_NOFOLLOW) == 0 else { throw .unreadable(String(cString: strerror(errno))) }
        switch info.st_mode & S_IFMT {
        case S_IFLNK:
            // The mode of a link says nothing; who may exchange it is said by its folder.
            guard Self.isTrusted(info.st_uid) else { throw .foreignOwner(walk.path(of: name)) }
            try walk.follow(name)
        case S_IFDIR:
            try walk.enter(name)
        default:
            guard walk.isAtEnd else { throw .unreadable(String(cString: strerror(ENOTDIR))) }
            walk.end(with: name)
        }
    }

    private func checkFile(_ descriptor: Int32, _ path: String) throws(EngineRefusal) {
        var info = stat()
        guard fstat(descriptor, &info) == 0, info.st_mode & S_IFMT == S_IFREG else { throw .notALibrary }
        guard info.st_mode & (S_IWGRP | S_IWOTH) == 0 else { throw .writableByOthers(path) }
        guard Self.isTrusted(info.st_uid) else { throw .foreignOwner(path) }
        // e_ident and e_type of the ELF header; 3 is ET_DYN.
        var header = [UInt8](repeating: 0, count: 18)
        guard read(descriptor, &header, 18) == 18, header[0...3] == [0x7F, 0x45, 0x4C, 0x46], header[16] == 3 else {
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
