import ObjectStore

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
        let folder = databasePath.contains("://") ? ".lynx/" : databasePath.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(databasePath[...$0]) } ?? ""
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
