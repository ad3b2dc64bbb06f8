import FoundationEssentials
import NIOCore
import ObjectStore

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

    /// Where a tenant's uploads grow.
    func uploads(of tenant: String) -> String { "\(configuration.uploads)/\(Blob.directoryName(tenant))" }
}
