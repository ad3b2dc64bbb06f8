import FoundationEssentials
import Glibc
import NIOPosix
import ObjectStore

extension Ledger {
    /// Writes into the ledger, and looks whether there is room for more.
    ///
    /// - Throws: what keeps it from being written.
    func check() async throws {
        try await transaction { try $0.connection.send(SQL.noteCheck, [.instant($0.now)]) }
        if let folder = driver.folder { try FreeSpace.check(folder) }
    }
}

extension ArtifactStore {
    /// - Throws: why contents cannot be kept.
    func check() async throws {
        try await blobs.check()
        let uploads = configuration.uploads
        try await NIOThreadPool.singleton.runIfActive { try Self.checkFolder(uploads) }
    }

    /// Writes a file into it.
    static func checkFolder(_ folder: String) throws {
        let path = "\(folder)/.check-\(UInt64.random(in: 0...UInt64.max))"
        let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw NotReady(reason: "its folder cannot be written: \(String(cString: strerror(errno)))") }
        defer {
            close(descriptor)
            unlink(path)
        }
        guard write(descriptor, "x", 1) == 1 else { throw NotReady(reason: "its folder cannot be written: \(String(cString: strerror(errno)))") }
        try FreeSpace.check(folder)
    }
}

extension DirectoryStore {
    func check() async throws {
        let root = root
        try await NIOThreadPool.singleton.runIfActive { try ArtifactStore.checkFolder(root) }
    }
}

extension BucketStore {
    /// Lists what nobody ever puts there.
    func check() async throws {
        do {
            _ = try await client.list(root.appending("readyz/"), after: nil)
        } catch let error as S3Error {
            throw NotReady(reason: "the bucket \(Self.reason(error))")
        }
    }

    private static func reason(_ error: S3Error) -> String {
        switch error {
        case .unreachable: "does not answer"
        case .refused(let status, let code, _, _): "refuses calls: \(status) \(code)"
        case .notFound: "is not there"
        case .configuration, .file: "cannot be used; the log says why"
        }
    }
}

/// Room on a file system.
enum FreeSpace {
    /// Less than this is soon gone.
    private static let least: UInt64 = 16 << 20

    static func check(_ folder: String, least: UInt64 = least) throws {
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else { return }
        let free = UInt64(status.f_bavail) * UInt64(status.f_frsize)
        guard free >= least else { throw NotReady(reason: "its disk is full: \(free >> 10) KiB are free") }
    }
}
