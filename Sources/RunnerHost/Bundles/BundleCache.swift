import CLinux
import Glibc
import LynxModel
import Support
import Synchronization

/// The folders of bundles on this machine: their files as they came, environments with their requirements, and what their build
/// commands made. Each is complete and frozen once it has a record beside it; what was used longest ago is removed when there is
/// no room.
final class BundleCache: Sendable {
    /// What a folder holds.
    enum Kind: String, CaseIterable, Sendable {
        case files, environments, builds
    }

    /// A folder in use, which is not removed before it is released.
    struct Folder: Hashable, Sendable {
        var kind: Kind
        /// The key, and a number where an earlier folder with the key was changed by somebody.
        var name: String
        var path: String
    }

    let root: String
    let blobs: BundleBlobs
    /// For what is not complete yet.
    let temporary: String
    private let maxBytes: Int64
    private let uses = Mutex<[Folder: Int]>([:])

    init(root: String, maxBytes: Int64) throws(FileError) {
        self.root = root
        self.maxBytes = maxBytes
        temporary = root + "/tmp"
        blobs = BundleBlobs(folder: root + "/contents", temporary: temporary)
        try DirectoryRemoval.remove(temporary)
        for name in [temporary, blobs.folder] + Kind.allCases.map({ "\(root)/\($0.rawValue)" }) { try Directory.make(name) }
    }

    /// A complete folder that is as it was when it was frozen; nil if there is none. It has to be released.
    func find(_ kind: Kind, _ key: String) -> Folder? {
        for name in names(kind, key) {
            let folder = Folder(kind: kind, name: name, path: "\(root)/\(kind.rawValue)/\(name)")
            hold(folder)
            let recorded = WholeFile.read(record(of: folder), atMost: 1024).map { String(decoding: $0, as: UTF8.self) }
            if let recorded, let content = try? FrozenFolder.content(of: folder.path), content.fingerprint == recorded {
                utimensat(AT_FDCWD, record(of: folder), nil, 0)
                return folder
            }
            // Jobs that run may need it still; it is not found again, and goes when there is no room.
            unlink(record(of: folder))
            release(folder)
        }
        return nil
    }

    /// Makes a folder by `fill`, which is given its final path, and freezes it. It has to be released.
    func make(_ kind: Kind, _ key: String, _ fill: (String) throws -> Void) throws -> Folder {
        let folder = try newFolder(kind, key)
        do {
            try fill(folder.path)
            let content = try Self.freeze(folder)
            try Self.sync(folder.path)
            let file = try OwnedDescriptor.open(record(of: folder), O_WRONLY | O_CREAT | O_TRUNC)
            try file.write(Array(content.fingerprint.utf8), to: record(of: folder))
            return folder
        } catch {
            release(folder)
            _ = try? DirectoryRemoval.remove(folder.path)
            throw error
        }
    }

    /// What its commands have left in a folder may be what no folder can be kept of, which says nothing of this machine.
    private static func freeze(_ folder: Folder) throws -> FrozenFolder.Content {
        do throws(FileError) {
            try FrozenFolder.freeze(folder.path)
            return try FrozenFolder.content(of: folder.path)
        } catch {
            if folder.kind == .files || machineErrors.contains(error.code) { throw error }
            let made = folder.kind == .builds ? "building the bundle" : "installing the requirements"
            throw BundleError(.bundle, "what \(made) made cannot be kept: \(BundleError.line(error)); it may hold files and folders with names in UTF-8")
        }
    }

    private static let machineErrors: Set<Int32> = [EIO, ENOSPC, EDQUOT, EROFS, EMFILE, ENFILE, ENOMEM, EINTR]

    /// An empty folder, which is held.
    private func newFolder(_ kind: Kind, _ key: String) throws(FileError) -> Folder {
        for number in 1...Self.mostOfOneKey {
            let name = number == 1 ? key : "\(key).\(number)"
            let folder = Folder(kind: kind, name: name, path: "\(root)/\(kind.rawValue)/\(name)")
            // One that was changed may be in use still.
            guard holdIfIdle(folder) else { continue }
            if FileStatus(record(of: folder)) == nil {
                // What a build has left may not be removable.
                guard (try? DirectoryRemoval.remove(folder.path)) != nil else {
                    release(folder)
                    continue
                }
                if mkdir(folder.path, 0o700) == 0 { return folder }
                if errno != EEXIST { throw .last("make", folder.path) }
            }
            release(folder)
        }
        throw FileError(operation: "make", path: "\(root)/\(kind.rawValue)/\(key)", code: EEXIST)
    }

    private static let mostOfOneKey = 1000

    func release(_ folder: Folder) {
        uses.withLock { uses in
            let count = (uses[folder] ?? 0) - 1
            uses[folder] = count > 0 ? count : nil
        }
    }

    /// Removes what was used longest ago, and is not in use, until what stays is within the limit.
    func makeRoom() {
        if total <= maxBytes { return }
        blobs.removeUnused()
        for folder in byUse() {
            if total <= maxBytes { return }
            guard holdIfIdle(folder) else { continue }
            for file in [record(of: folder), note(of: folder)] { unlink(file) }
            _ = try? DirectoryRemoval.remove(folder.path)
            release(folder)
            if folder.kind == .files { blobs.removeUnused() }
        }
    }

    /// A file that belongs to a folder: the manifest of a bundle's files, the log of what made another.
    func note(of folder: Folder) -> String { "\(folder.path).note" }

    private func record(of folder: Folder) -> String { "\(folder.path).done" }

    private func hold(_ folder: Folder) { uses.withLock { $0[folder, default: 0] += 1 } }

    /// Returns false if the folder is in use.
    private func holdIfIdle(_ folder: Folder) -> Bool {
        uses.withLock { uses in
            guard uses[folder] == nil else { return false }
            uses[folder] = 1
            return true
        }
    }

    /// The names of complete folders with this key.
    private func names(_ kind: Kind, _ key: String) -> [String] {
        Directory.visibleNames(in: "\(root)/\(kind.rawValue)").filter { $0.hasPrefix(key) && $0.hasSuffix(".done") }.map { String($0.dropLast(5)) }
            .filter { $0 == key || $0.hasPrefix(key + ".") }
    }

    /// Files of bundles are links to their contents and count with those.
    private var total: Int64 {
        FrozenFolder.bytes(of: blobs.folder) + FrozenFolder.bytes(of: "\(root)/\(Kind.environments.rawValue)")
            + FrozenFolder.bytes(of: "\(root)/\(Kind.builds.rawValue)")
    }

    /// All folders, those used longest ago first.
    private func byUse() -> [Folder] {
        let all = Kind.allCases.flatMap { kind in
            Directory.visibleNames(in: "\(root)/\(kind.rawValue)").filter { !$0.hasSuffix(".done") && !$0.hasSuffix(".note") }
                .map { Folder(kind: kind, name: $0, path: "\(root)/\(kind.rawValue)/\($0)") }
        }
        return all.map { ($0, FileStatus(record(of: $0))?.modified ?? 0) }.sorted { $0.1 < $1.1 }.map(\.0)
    }

    private static func sync(_ path: String) throws(FileError) {
        let directory = try OwnedDescriptor.open(path, O_RDONLY | O_DIRECTORY)
        guard lynx_sync_file_system(directory.raw) == 0 else { throw .last("sync", path) }
    }
}

extension BundleCache {
    /// A content that a bundle needs is not in the cache.
    struct ContentMissing: Error {}

    /// A folder with the files of a bundle, whose contents are in the cache. It has to be released.
    ///
    /// - Parameters:
    ///   - text: that of the manifest, which is kept beside the folder.
    ///   - bundle: the SHA-256 of it.
    /// - Throws: `ContentMissing`, `FileError`.
    func layOut(_ manifest: BundleManifest, _ text: [UInt8], as bundle: String) throws -> Folder {
        let folder = try make(.files, bundle) { path in
            var made: Set<String> = []
            for file in manifest.files {
                let target = "\(path)/\(file.path)"
                let parent = String(target.prefix(upTo: target.utf8.lastIndex(of: UInt8(ascii: "/"))!))
                if made.insert(parent).inserted { try Directory.make(parent) }
                guard try blobs.link(file, at: target) else { throw ContentMissing() }
            }
        }
        let note = try OwnedDescriptor.open(note(of: folder), O_WRONLY | O_CREAT | O_TRUNC)
        try note.write(text, to: self.note(of: folder))
        return folder
    }
}
