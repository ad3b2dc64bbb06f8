import Glibc
import LynxModel
import Support

/// The contents of bundles' files on this machine, by their SHA-256. Folders with bundles have them as hard links.
struct BundleBlobs: Sendable {
    let folder: String
    /// Where contents grow, on the same file system.
    let temporary: String

    /// Every content has this time of modification: one that was written to has another.
    static let time = timespec(tv_sec: 946_684_800, tv_nsec: 0)

    init(folder: String, temporary: String) {
        self.folder = folder
        self.temporary = temporary
    }

    /// Files that differ in their permission alone are two, as a hard link has none of its own.
    func path(_ sha256: String, isExecutable: Bool) -> String { "\(folder)/\(sha256.prefix(2))/\(sha256)\(isExecutable ? ".x" : "")" }

    /// Whether a content is there and has not been written to, as far as its metadata tells.
    func holds(_ sha256: String, size: Int64) -> Bool { [false, true].contains { isWhole(path(sha256, isExecutable: $0), size) } }

    private func isWhole(_ path: String, _ size: Int64) -> Bool {
        var info = stat()
        return lstat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFREG && Int64(info.st_size) == size
            && info.st_mtim.tv_sec == Self.time.tv_sec && info.st_mtim.tv_nsec == Self.time.tv_nsec
    }

    /// Takes over a file whose hash is right.
    func take(_ file: String, as sha256: String, isExecutable: Bool = false) throws(FileError) {
        let target = path(sha256, isExecutable: isExecutable)
        try Directory.make(String(target.prefix(upTo: target.utf8.lastIndex(of: UInt8(ascii: "/"))!)))
        guard chmod(file, isExecutable ? 0o555 : 0o444) == 0 else { throw .last("change the mode of", file) }
        var times = (Self.time, Self.time)
        let isSet = withUnsafePointer(to: &times) { $0.withMemoryRebound(to: timespec.self, capacity: 2) { utimensat(AT_FDCWD, file, $0, 0) } }
        guard isSet == 0 else { throw .last("change the time of", file) }
        guard rename(file, target) == 0 else { throw .last("rename", file) }
    }

    /// Makes a link to a content at `target`, after a look at all of its bytes.
    ///
    /// - Returns: false if it is not there or not what it should be; then it has been removed.
    func link(_ file: BundleManifest.File, at target: String) throws(FileError) -> Bool {
        let own = path(file.sha256, isExecutable: file.isExecutable)
        if !isWhole(own, file.size) {
            let other = path(file.sha256, isExecutable: !file.isExecutable)
            guard isWhole(other, file.size) else { return false }
            let copy = "\(temporary)/\(file.sha256)-\(UInt32.random(in: 0 ... .max))"
            try Self.copy(other, to: copy)
            try take(copy, as: file.sha256, isExecutable: file.isExecutable)
        }
        guard try Self.hash(of: own) == file.sha256 else {
            unlink(own)
            return false
        }
        guard Glibc.link(own, target) == 0 else { throw .last("link", target) }
        return true
    }

    static func hash(of path: String) throws(FileError) -> String {
        let file = try OwnedDescriptor.open(path, O_RDONLY | O_NOFOLLOW)
        var hash = SHA256()
        try file.readPieces(of: 256 << 10, path) { piece in
            hash.update(piece)
            return true
        }
        return hash.finalize().hexadecimal
    }

    static func copy(_ source: String, to target: String, mode: mode_t = 0o600) throws(FileError) {
        let input = try OwnedDescriptor.open(source, O_RDONLY | O_NOFOLLOW)
        let output = try OwnedDescriptor.open(target, O_WRONLY | O_CREAT | O_EXCL, mode: mode)
        var failure: FileError?
        try input.readPieces(of: 1 << 20, source) { piece in
            do throws(FileError) { try output.write(piece, to: target) } catch { failure = error }
            return failure == nil
        }
        if let failure { throw failure }
    }

    /// Removes the contents that no bundle's folder has any more.
    func removeUnused() {
        for part in Directory.visibleNames(in: folder) {
            for name in Directory.visibleNames(in: "\(folder)/\(part)") {
                let path = "\(folder)/\(part)/\(name)"
                var info = stat()
                if lstat(path, &info) == 0, info.st_nlink == 1 { unlink(path) }
            }
        }
    }
}
