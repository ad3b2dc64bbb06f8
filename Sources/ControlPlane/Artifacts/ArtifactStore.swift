import FoundationEssentials
import NIOCore
import ObjectStore
import Synchronization

/// The contents of jobs' files, those still coming in, and the object stores that runners put theirs into.
final class ArtifactStore: Sendable {
    let configuration: ArtifactConfiguration
    let blobs: any BlobStore
    let checks = ContentChecks()
    private let buckets: Buckets

    /// - Parameter makes: whether to make the directories if they are missing.
    /// - Throws: `ControlPlaneError`, `StorageError`.
    init(_ configuration: ArtifactConfiguration, buckets: Buckets, makes: Bool = true) throws {
        try configuration.check()
        self.configuration = configuration
        self.buckets = buckets
        if makes { try DirectoryStore.makeDirectory(configuration.uploads) }
        if let root = S3Address(configuration.store) {
            do throws(S3Error) {
                blobs = BucketStore(client: try buckets.client(), root: root)
            } catch {
                throw ControlPlaneError.badValue("the artifact store \(configuration.store) cannot be used: \(error)")
            }
        } else {
            blobs = try DirectoryStore(root: configuration.store, makes: makes)
        }
    }

    /// For what runners put into object stores themselves.
    func bucketClient() throws(S3Error) -> S3Client { try buckets.client() }

    /// Where the upload of one content by one attempt grows. Attempts never share a file, so that one that was
    /// taken for lost can't spoil another's.
    func uploadPath(_ tenant: String, _ key: JobKey, attempt: Int, sha256: String) -> String {
        "\(uploads(of: tenant))/\(Blob.directoryName(key.jobID)).\(attempt).\(sha256)"
    }

    /// Where the upload of one content of a bundle grows.
    func uploadPath(_ tenant: String, bundle: String, sha256: String) -> String { "\(uploads(of: tenant))/bundle.\(bundle).\(sha256)" }

    /// Where a tenant's uploads grow.
    func uploads(of tenant: String) -> String { "\(configuration.uploads)/\(Blob.directoryName(tenant))" }
}

/// Where a control plane keeps the files of jobs, how much, and how long.
public struct ArtifactConfiguration: Hashable, Sendable {
    /// A directory, or `s3://bucket/prefix`.
    public var store: String
    /// For uploads that are under way; must be on the store's file system if that is a directory.
    public var uploads: String
    /// The most that a tenant's contents may have together, in bytes; nil means no limit.
    public var quotaBytes: Int64?
    /// How long batches that don't say keep their files and telemetry, in days; nil means for ever.
    public var retainDays: Double?

    /// - Parameters:
    ///   - store: nil for `artifacts` beside the database's file, or `.lynx/artifacts` where that is a URL.
    ///   - databasePath: of the ledger.
    public init(store: String? = nil, databasePath: String, quotaBytes: Int64? = nil, retainDays: Double? = nil) {
        // A database elsewhere has no folder here.
        let folder =
            databasePath.contains("://")
            ? ".lynx/" : databasePath.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(databasePath[...$0]) } ?? ""
        let root = store ?? "\(folder)artifacts"
        let isBucket = root.hasPrefix("s3://")
        self.store = isBucket ? root : "\(root)/blobs"
        uploads = isBucket ? "\(folder)artifacts/uploads" : "\(root)/uploads"
        self.quotaBytes = quotaBytes
        self.retainDays = retainDays
    }

    func check() throws {
        if let quotaBytes, quotaBytes <= 0 { throw ControlPlaneError.badValue("the artifact quota is \(quotaBytes) bytes; it must be above 0") }
        if let retainDays, !(retainDays > 0 && retainDays <= 36_600) {
            throw ControlPlaneError.badValue("files are to be kept for \(retainDays) days; it must be above 0 and at most 36600")
        }
        if store.hasPrefix("s3://"), S3Address(store) == nil {
            throw ControlPlaneError.badValue("the artifact store '\(store)' is not a bucket; write it like s3://bucket/prefix")
        }
    }
}

/// The client for object stores, made when first asked for: most control planes need none.
final class Buckets: Sendable {
    private let configured: S3Configuration?
    private let made = Mutex<S3Client?>(nil)

    /// - Parameter configuration: nil for what the environment says.
    init(_ configuration: S3Configuration? = nil) { configured = configuration }

    /// - Throws: `S3Error.configuration`.
    func client() throws(S3Error) -> S3Client {
        if let client = made.withLock({ $0 }) { return client }
        let configuration: S3Configuration
        if let configured { configuration = configured } else { configuration = try .environment() }
        let fresh = S3Client(configuration)
        return made.withLock { made in
            made = made ?? fresh
            return made ?? fresh
        }
    }
}
