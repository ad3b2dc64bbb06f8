import LynxModel

/// A file of a batch that may be removed.
struct ExpiringFile: Hashable, Sendable {
    var key: JobKey
    var attempt: Int
    var kind: String
    var path: String
    var tenant: String
    var sha256: String
    var size: Int64
    var location: String?
}

/// A content that was, or would be, removed.
struct FreedBlob: Hashable, Sendable {
    var blob: Blob
    var sha256: String
    var size: Int64
}

extension LedgerTransaction {
    /// Notes how long a new batch keeps its files, if it says.
    func keepRetention(_ batchID: String, _ submission: BatchSubmission) throws {
        guard let days = submission.config.telemetry.storage?.retainDays else { return }
        try connection.send(SQL.saveRetention, [.text(batchID), .real(days)])
    }
}

extension Ledger {
    /// Batches that ended more than their days ago, by id.
    ///
    /// - Parameter defaultDays: of batches that don't say; nil means for ever.
    func expiredBatches(
        of tenant: String, defaultDays: Double?, after batchID: String, limit: Int
    ) async throws -> [(batchID: String, completedAt: Instant)] {
        try await read { connection, now in
            try connection.rows(
                SQL.expiredBatches, [defaultDays.map { .real($0) } ?? .null, .instant(now), .text(tenant), .text(batchID), .int(limit)]
            ).map { (try $0.text("batch_id"), try $0.instant("completed_at") ?? 0) }
        }
    }

    func files(ofBatch batchID: String) async throws -> [ExpiringFile] {
        try await driver.read { try $0.files(ofBatch: batchID) }
    }

    func telemetryBytes(ofBatch batchID: String) async throws -> Int64 {
        try await driver.read { connection in
            // Older ledgers hold series within results.
            try [SQL.telemetryBytesOfResults, SQL.telemetryBytesOfChunks].reduce(0) { sum, statement in
                sum + Int64(try connection.row(statement, [.text(batchID)])?.int("bytes") ?? 0)
            }
        }
    }

    /// Takes these files, and the telemetry's samples, out of the ledger, if the batch is still one that has expired.
    ///
    /// - Parameter isComplete: nothing of it is left for the next collection.
    func forgetFiles(_ files: [ExpiringFile], ofBatch batchID: String, defaultDays: Double?, isComplete: Bool) async throws {
        try await transaction { transaction in
            let connection = transaction.connection
            // It may have been taken up again since.
            let values: [LedgerValue] = [defaultDays.map { .real($0) } ?? .null, .instant(transaction.now), .text(batchID)]
            guard try connection.row(SQL.expiredBatch, values) != nil else { return }
            for file in files {
                try connection.send(SQL.removeArtifact, file.key.values + [.int(file.attempt), .text(file.kind), .text(file.path)])
            }
            try connection.send(SQL.dropTelemetryOfResults, [.text(batchID)])
            try connection.send(SQL.dropChunks, [.text(batchID)])
            if isComplete { try connection.send(SQL.markCollected, [.text(batchID), .instant(transaction.now)]) }
        }
    }

    /// Contents to which only these batches refer.
    func blobsOnly(in batches: [String]) async throws -> [FreedBlob] {
        try await driver.read { connection in
            var uses: [String: (count: Int, file: ExpiringFile)] = [:]
            for batchID in batches {
                for file in try connection.files(ofBatch: batchID) where file.location == nil {
                    uses["\(file.sha256) \(file.tenant)", default: (0, file)].count += 1
                }
            }
            var freed: [FreedBlob] = []
            for use in uses.values {
                let content: [LedgerValue] = [.text(use.file.tenant), .text(use.file.sha256)]
                guard let blob = try connection.row(SQL.blob, content),
                    try connection.row(SQL.references, content + content)?.int("uses") == use.count
                else { continue }
                freed.append(
                    FreedBlob(
                        blob: Blob(tenant: use.file.tenant, name: try blob.text("object")), sha256: use.file.sha256,
                        size: Int64(try blob.int("size"))))
            }
            return freed
        }
    }

    /// Takes contents that nothing refers to out of the ledger; the caller removes their files.
    func removeUnreferencedBlobs(of tenant: String, limit: Int) async throws -> [FreedBlob] {
        let candidates = try await driver.read { connection in
            try connection.rows(SQL.unreferencedBlobs, [.text(tenant), .int(limit)]).map { row in
                (
                    FreedBlob(
                        blob: Blob(tenant: try row.text("tenant"), name: try row.text("object")), sha256: try row.text("sha256"),
                        size: Int64(try row.int("size"))),
                    try row.instant("last_used")
                )
            }
        }
        guard !candidates.isEmpty else { return [] }
        return try await transaction { transaction in
            let removed = try candidates.filter { blob, lastUsed in
                try transaction.connection.run(
                    SQL.removeBlob, [.text(blob.blob.tenant), .text(blob.sha256), .instant(lastUsed)]) > 0
            }.map(\.0)
            if !removed.isEmpty { try transaction.countBytes(tenant, -removed.reduce(0) { $0 + $1.size }) }
            return removed
        }
    }

    func knows(object: String, tenant: String) async throws -> Bool {
        try await driver.read { try $0.row(SQL.knownObject, [.text(tenant), .text(String(object.prefix(64))), .text(object)]) != nil }
    }
}

extension LedgerConnection {
    fileprivate func files(ofBatch batchID: String) throws -> [ExpiringFile] {
        try rows(SQL.artifactsOfBatch, [.text(batchID)]).map { row in
            ExpiringFile(
                key: JobKey(batchID: batchID, runIndex: try row.int("run_index")), attempt: try row.int("attempt"),
                kind: try row.text("kind"), path: try row.text("path"), tenant: try row.text("tenant"), sha256: try row.text("sha256"),
                size: Int64(try row.int("size")), location: try row.optionalText("location"))
        }
    }
}
