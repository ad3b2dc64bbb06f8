import FoundationEssentials
import Glibc
import NIOCore
import NIOPosix
import ObjectStore

/// Contents as files below one directory, which only its owner may look into.
struct DirectoryStore: BlobStore {
    let root: String

    init(root: String) throws {
        self.root = root
        try Self.makeDirectory(root)
    }

    func take(_ file: String, as blob: Blob) async throws {
        let target = "\(root)/\(blob.path)"
        try await NIOThreadPool.singleton.runIfActive {
            let directory = target[..<target.utf8.lastIndex(of: UInt8(ascii: "/"))!]
            try Self.makeDirectory(String(directory))
            guard rename(file, target) == 0 else { throw Self.failure("rename", target) }
            // The file's bytes were synced by whoever wrote them.
            let descriptor = open(String(directory), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard descriptor >= 0 else { throw Self.failure("open", String(directory)) }
            defer { close(descriptor) }
            guard fsync(descriptor) == 0 else { throw Self.failure("sync", String(directory)) }
        }
    }

    func read(_ blob: Blob, _ range: Range<Int64>, write: (ByteBuffer) async throws -> Void) async throws {
        let file = try OpenFile(path: "\(root)/\(blob.path)")
        for try await piece in file.pieces(from: range.lowerBound, count: Int64(range.count)) { try await write(piece) }
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
                var status = stat()
                guard lstat("\(root)/\(path)", &status) == 0, status.st_mode & S_IFMT == S_IFREG,
                    Double(status.st_mtim.tv_sec) < date.timeIntervalSince1970
                else { continue }
                try await body(path, Int64(status.st_size))
            }
        }
    }

    /// With those above it, mode 0700; one that is there stays as it is.
    static func makeDirectory(_ path: String) throws {
        if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
        if errno == ENOENT, let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")), slash != path.startIndex {
            try makeDirectory(String(path[..<slash]))
            if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
        }
        throw failure("make the directory", path)
    }

    /// The entries of a directory; none of what is not one.
    static func names(in path: String) throws -> [String] {
        guard let directory = opendir(path) else {
            if errno == ENOTDIR || errno == ENOENT { return [] }
            throw failure("list", path)
        }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    static func failure(_ operation: String, _ path: String) -> StorageError {
        .artifacts("cannot \(operation) '\(path)': \(String(cString: strerror(errno)))")
    }
}
