extension SQL {
    /// Values: tenant, sha256, last_used.
    static let useBundle = """
        INSERT INTO bundles (tenant, sha256, last_used) VALUES (?, ?, ?)
        ON CONFLICT (tenant, sha256) DO UPDATE SET last_used = CASE
            WHEN excluded.last_used > bundles.last_used THEN excluded.last_used ELSE bundles.last_used + 1 END
        """

    /// Values: tenant, bundle, sha256, size.
    static let saveBundleFile = """
        INSERT INTO bundle_files (tenant, bundle, sha256, size) VALUES (?, ?, ?, ?) ON CONFLICT (tenant, bundle, sha256) DO NOTHING
        """

    private static let withBlobs = "LEFT JOIN blobs ON blobs.tenant = bundle_files.tenant AND blobs.sha256 = bundle_files.sha256"

    /// A content of a bundle, and the file that has it, if there is one. Values: tenant, bundle, sha256.
    static let bundleFile = """
        SELECT bundle_files.size AS size, blobs.object AS object FROM bundle_files \(withBlobs)
        WHERE bundle_files.tenant = ? AND bundle_files.bundle = ? AND bundle_files.sha256 = ?
        """

    /// How many contents a bundle has, and how many of them are there. Values: tenant, bundle.
    static let bundleState = """
        SELECT COUNT(*) AS contents, COUNT(blobs.object) AS stored FROM bundle_files \(withBlobs)
        WHERE bundle_files.tenant = ? AND bundle_files.bundle = ?
        """

    /// Bundles that have not been used since then, and that no batch needs which still has its files. Values: tenant, the time.
    static let unusedBundles = """
        SELECT sha256, last_used FROM bundles WHERE tenant = ? AND last_used < ? AND \(isUnneeded)
        """

    /// Values: tenant, bundle.
    static let removeBundleFiles = "DELETE FROM bundle_files WHERE tenant = ? AND bundle = ?"

    /// Only if nobody has used it since `last_used` was read. Values: tenant, sha256, last_used.
    static let removeBundle = "DELETE FROM bundles WHERE tenant = ? AND sha256 = ? AND last_used = ? AND \(isUnneeded)"

    private static let isUnneeded = """
        NOT EXISTS (SELECT 1 FROM batches LEFT JOIN retention ON retention.batch_id = batches.batch_id
            WHERE batches.tenant = bundles.tenant AND batches.bundle = bundles.sha256 AND retention.collected_at IS NULL)
        """
}
