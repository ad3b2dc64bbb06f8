import Glibc

/// A file that may be an engine, and the checks that come before its code runs in this process.
struct EngineFile {
    let path: String

    /// Loading a library runs its code, so only what this user or root alone can have written is loaded.
    func check() throws(EngineRefusal) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .unreadable(String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var info = stat()
        guard fstat(descriptor, &info) == 0, info.st_mode & S_IFMT == S_IFREG else { throw .notALibrary }
        try checkOwner(info, path)

        // e_ident and e_type of the ELF header; 3 is ET_DYN.
        var header = [UInt8](repeating: 0, count: 18)
        guard read(descriptor, &header, 18) == 18, header[0...3] == [0x7F, 0x45, 0x4C, 0x46], header[16] == 3 else {
            throw .notALibrary
        }
        try checkDirectory(of: path)
        // Behind a link: whoever may write to the file's own directory may put another in its place.
        guard let real = realpath(path, nil) else { throw .unreadable(String(cString: strerror(errno))) }
        defer { free(real) }
        try checkDirectory(of: String(cString: real))
    }

    private func checkDirectory(of path: String) throws(EngineRefusal) {
        let directory = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        var info = stat()
        guard stat(directory, &info) == 0 else { throw .unreadable(String(cString: strerror(errno))) }
        try checkOwner(info, directory)
    }

    private func checkOwner(_ info: stat, _ path: String) throws(EngineRefusal) {
        guard info.st_mode & (S_IWGRP | S_IWOTH) == 0 else { throw .writableByOthers(path) }
        guard info.st_uid == 0 || info.st_uid == geteuid() else { throw .foreignOwner(path) }
    }
}
