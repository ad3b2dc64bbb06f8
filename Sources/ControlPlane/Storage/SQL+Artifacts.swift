extension SQL {
    /// Values: batch_id, run_index, attempt, kind, path, tenant, sha256, size, media_type, location.
    static let saveArtifact = """
        INSERT INTO artifacts (batch_id, run_index, attempt, kind, path, tenant, sha256, size, media_type, location)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (batch_id, run_index, attempt, kind, path) DO UPDATE SET sha256 = excluded.sha256, size = excluded.size,
            media_type = excluded.media_type, location = excluded.location
        """

    private static let artifactColumns = """
        artifacts.attempt AS attempt, artifacts.kind AS kind, artifacts.path AS path, artifacts.tenant AS tenant,
        artifacts.sha256 AS sha256, artifacts.size AS size, artifacts.media_type AS media_type,
        artifacts.location AS location, blobs.object AS object
        """

    private static let withBlobs = "LEFT JOIN blobs ON blobs.tenant = artifacts.tenant AND blobs.sha256 = artifacts.sha256"

    private static let artifacts = """
        SELECT \(artifactColumns) FROM artifacts \(withBlobs)
        WHERE artifacts.batch_id = ? AND artifacts.run_index = ? AND artifacts.attempt = ?
        """

    static let artifactsOfAttempt = "\(artifacts) ORDER BY artifacts.kind DESC, artifacts.path"

    /// Those of the latest attempt at each job. Values: batch_id, the run_index, attempt, kind and path of the last one
    /// seen, the limit.
    static let artifactsOfBatchAfter = """
        SELECT artifacts.run_index AS run_index, \(artifactColumns)
        FROM artifacts JOIN jobs ON jobs.batch_id = artifacts.batch_id AND jobs.run_index = artifacts.run_index
            AND jobs.attempt = artifacts.attempt AND jobs.retracted = 0 \(withBlobs)
        WHERE artifacts.batch_id = ? AND (artifacts.run_index, artifacts.attempt, artifacts.kind, artifacts.path) > (?, ?, ?, ?)
        ORDER BY artifacts.run_index, artifacts.attempt, artifacts.kind, artifacts.path LIMIT ?
        """

    /// Values: batch_id, run_index, attempt, kind, path.
    static let artifact = "\(artifacts) AND artifacts.kind = ? AND artifacts.path = ?"

    /// Values: batch_id, run_index, attempt, sha256.
    static let awaitedContent = "\(artifacts) AND artifacts.sha256 = ? AND artifacts.location IS NULL LIMIT 1"

    static let blob = "SELECT object, size, last_used FROM blobs WHERE tenant = ? AND sha256 = ?"

    /// Ours or not, afterwards the row is newer than whatever a collection has read of it.
    /// Values: now, now, tenant, sha256.
    static let useBlob = """
        UPDATE blobs SET last_used = CASE WHEN last_used < ? THEN ? ELSE last_used + 1 END WHERE tenant = ? AND sha256 = ? RETURNING object, size
        """

    static let saveBlob = """
        INSERT INTO blobs (tenant, sha256, size, object, last_used) VALUES (?, ?, ?, ?, ?) ON CONFLICT (tenant, sha256) DO NOTHING
        """

    /// Another file for the same content. Values: object, tenant, sha256, the object so far.
    static let replaceBlob = "UPDATE blobs SET object = ?, last_used = last_used + 1 WHERE tenant = ? AND sha256 = ? AND object = ?"

    /// Values: the last tenant and sha256 seen, the limit.
    static let blobsAfter = "SELECT tenant, sha256, size, object FROM blobs WHERE (tenant, sha256) > (?, ?) ORDER BY tenant, sha256 LIMIT ?"

    /// The files that a content is. Values: tenant, sha256, the limit.
    static let filesOfBlob = """
        SELECT batch_id, run_index, attempt, kind, path FROM artifacts WHERE tenant = ? AND sha256 = ? AND location IS NULL
        ORDER BY batch_id, run_index, attempt, kind, path LIMIT ?
        """

    /// Files that runners put into object stores. Values: the batch_id, run_index, attempt, kind and path of the last one seen, the limit.
    static let locatedAfter = """
        SELECT batch_id, run_index, attempt, kind, path, tenant, sha256, size, location FROM artifacts
        WHERE location IS NOT NULL AND (batch_id, run_index, attempt, kind, path) > (?, ?, ?, ?, ?)
        ORDER BY batch_id, run_index, attempt, kind, path LIMIT ?
        """

    static let storedBytes = "SELECT bytes FROM stored_bytes WHERE tenant = ?"

    /// Values: tenant, how many more.
    static let countBytes = """
        INSERT INTO stored_bytes (tenant, bytes) VALUES (?, ?)
        ON CONFLICT (tenant) DO UPDATE SET bytes = stored_bytes.bytes + excluded.bytes RETURNING bytes
        """

    static let knownObject = "SELECT object FROM blobs WHERE tenant = ? AND sha256 = ? AND object = ?"

    // Retention

    static let saveRetention = "INSERT INTO retention (batch_id, retain_days) VALUES (?, ?)"

    /// Batches that ended more than their days ago and still have what is not kept for ever.
    /// Values: the default days (or null), now, tenant, the last batch_id seen, the limit.
    static let expiredBatches = """
        SELECT batches.batch_id AS batch_id, batches.completed_at AS completed_at
        FROM batches LEFT JOIN retention ON retention.batch_id = batches.batch_id
        WHERE \(isExpired) AND batches.tenant = ? AND batches.batch_id > ? ORDER BY batches.batch_id LIMIT ?
        """

    /// Values: the default days (or null), now, batch_id.
    static let expiredBatch = """
        SELECT batches.batch_id AS batch_id, batches.completed_at AS completed_at
        FROM batches LEFT JOIN retention ON retention.batch_id = batches.batch_id
        WHERE \(isExpired) AND batches.batch_id = ?
        """

    private static let isExpired = """
        batches.completed_at IS NOT NULL AND (retention.collected_at IS NULL OR retention.collected_at < batches.completed_at)
            AND batches.completed_at + COALESCE(retention.retain_days, CAST(? AS DOUBLE PRECISION)) * 86400000.0 <= ?
        """

    static let artifactsOfBatch = """
        SELECT tenant, sha256, size, location, run_index, attempt, kind, path FROM artifacts WHERE batch_id = ?
        """

    static let removeArtifact = """
        DELETE FROM artifacts WHERE batch_id = ? AND run_index = ? AND attempt = ? AND kind = ? AND path = ?
        """

    static let markCollected = """
        INSERT INTO retention (batch_id, collected_at) VALUES (?, ?)
        ON CONFLICT (batch_id) DO UPDATE SET collected_at = excluded.collected_at
        """

    static let telemetryBytesOfResults = """
        SELECT CAST(COALESCE(SUM(LENGTH(document)), 0) AS BIGINT) AS bytes FROM results WHERE batch_id = ? AND document IS NOT NULL
        """

    static let telemetryBytesOfChunks = """
        SELECT CAST(COALESCE(SUM(bytes), 0) AS BIGINT) AS bytes FROM telemetry_chunks WHERE batch_id = ?
        """

    static let dropChunks = "DELETE FROM telemetry_chunks WHERE batch_id = ?"

    static let dropTelemetryOfResults = "UPDATE results SET document = NULL, document_bytes = 0 WHERE batch_id = ? AND document IS NOT NULL"

    /// Contents that neither an artifact nor a bundle refers to. Values: tenant, the limit.
    static let unreferencedBlobs = """
        SELECT tenant, sha256, size, object, last_used FROM blobs WHERE tenant = ? AND \(isUnreferenced) LIMIT ?
        """

    private static let isUnreferenced = """
        NOT EXISTS (SELECT 1 FROM artifacts
            WHERE artifacts.tenant = blobs.tenant AND artifacts.sha256 = blobs.sha256 AND artifacts.location IS NULL)
        AND NOT EXISTS (SELECT 1 FROM bundle_files WHERE bundle_files.tenant = blobs.tenant AND bundle_files.sha256 = blobs.sha256)
        """

    /// How many artifacts and bundles refer to a content. Values: tenant, sha256, both twice.
    static let references = """
        SELECT (SELECT COUNT(*) FROM artifacts WHERE tenant = ? AND sha256 = ? AND location IS NULL)
            + (SELECT COUNT(*) FROM bundle_files WHERE tenant = ? AND sha256 = ?) AS uses
        """

    /// Only if nobody has used it since `last_used` was read: a runner that found it there must find it there later.
    static let removeBlob = """
        DELETE FROM blobs WHERE tenant = ? AND sha256 = ? AND last_used = ? AND \(isUnreferenced)
        """
}
