import FoundationEssentials
import Glibc
import NIOCore
import NIOPosix
import ObjectStore
import Support
import Synchronization

/// Contents as files below one directory, which only its owner may look into.
struct DirectoryStore: BlobStore {
    let root: String
    /// Directories whose own entries this process has synced: the name of a directory lasts as little as that of a file until then.
    private let synced = SyncedDirectories()

    /// - Parameter makes: whether to make the directory if it is missing.
    init(root: String, makes: Bool = true) throws {
        self.root = root
        if makes { try Self.makeDirectory(root) }
    }

    func take(_ file: String, as blob: Blob) async throws -> StoredContent {
        let target = path(blob)
        return try await NIOThreadPool.singleton.runIfActive { [root, synced] in
            let directory = String(target[..<target.utf8.lastIndex(of: UInt8(ascii: "/"))!])
            try Self.makeDirectory(directory)
            guard rename(file, target) == 0 else { throw Self.failure("rename", target) }
            // The file's bytes were synced by whoever wrote them.
            try Self.sync(directory)
            try synced.syncAbove(directory, downFrom: root)
            let open = try OpenFile(path: target)
            return StoredContent(size: open.size, version: open.version)
        }
    }

    func look(at blob: Blob) async throws -> StoredContent {
        let file = try openFile(blob)
        return StoredContent(size: file.size, version: file.version)
    }

    func open(_ blob: Blob, _ range: Range<Int64>?) async throws -> OpenContent {
        let file = try openFile(blob)
        // What the file has become too short for is not there to be read, and the length tells it.
        let end = min(range?.upperBound ?? .max, file.size), start = min(range?.lowerBound ?? 0, end)
        return OpenContent(content: StoredContent(size: file.size, version: file.version)) { write in
            do {
                for try await piece in file.pieces(from: start, count: end - start) { try await write(piece) }
            } catch S3Error.file(let path, let reason) {
                throw StorageError.artifacts("cannot read '\(path)': \(reason)")
            }
        }
    }

    func place(of blob: Blob) -> String { path(blob) }

    private func path(_ blob: Blob) -> String { "\(root)/\(blob.path)" }

    private func openFile(_ blob: Blob) throws -> OpenFile {
        let path = path(blob)
        do {
            return try OpenFile(path: path)
        } catch {
            var status = stat()
            if lstat(path, &status) != 0, errno == ENOENT || errno == ENOTDIR { throw ContentFault.missing }
            throw StorageError.artifacts("cannot read \(error)")
        }
    }

    func remove(_ blob: Blob) async throws { try await remove(path: blob.path) }

    func remove(path: String) async throws {
        let file = "\(root)/\(path)"
        try await NIOThreadPool.singleton.runIfActive {
            guard unlink(file) == 0 || errno == ENOENT else { throw Self.failure("remove", file) }
        }
    }

    func objects(of tenant: String, before date: Date, _ body: (String, Int64) async throws -> Void) async throws {
        let tenant = Blob.directoryName(tenant)
        for folder in try Self.names(in: "\(root)/\(tenant)") {
            for name in try Self.names(in: "\(root)/\(tenant)/\(folder)") {
                let path = "\(tenant)/\(folder)/\(name)"
                guard let status = FileStatus("\(root)/\(path)", followsLinks: false), status.isRegular,
                    Double(status.modified / 1_000_000_000) < date.timeIntervalSince1970
                else { continue }
                try await body(path, status.size)
            }
        }
    }

    /// Makes the entries of a directory durable.
    static func sync(_ directory: String) throws { try own { () throws(FileError) in try Directory.sync(directory) } }

    /// With those above it, mode 0700; one that is there stays as it is.
    static func makeDirectory(_ path: String) throws { try own { () throws(FileError) in try Directory.make(path) } }

    /// The entries of a directory; none of what is not one.
    static func names(in path: String) throws -> [String] {
        do throws(FileError) {
            return try Directory.names(in: path)
        } catch {
            if error.code == ENOTDIR || error.code == ENOENT { return [] }
            throw failure(error)
        }
    }

    private static func own(_ body: () throws(FileError) -> Void) throws {
        do { try body() } catch { throw failure(error) }
    }

    static func failure(_ operation: String, _ path: String) -> StorageError { failure(.last(operation, path)) }

    private static func failure(_ error: FileError) -> StorageError {
        error.isOutOfSpace ? .noRoom(place: error.path) : .artifacts("cannot \(error.operation) '\(error.path)': \(error.reason)")
    }
}

/// Syncs each directory above those of contents once in a process. Whoever made them, in this process or another, may have ended
/// before its own sync.
private final class SyncedDirectories: Sendable {
    private let done = Mutex<Set<String>>([])

    /// Syncs the directories above `directory`, up to the one that holds `root`.
    func syncAbove(_ directory: String, downFrom root: String) throws {
        if done.withLock({ $0.contains(directory) }) { return }
        var path = directory
        while path.utf8.count >= root.utf8.count {
            path = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
            try DirectoryStore.sync(path)
            if path == "." { break }
        }
        _ = done.withLock { $0.insert(directory) }
    }
}
