import FoundationEssentials
import LynxModel
import ObjectStore

/// A content that an attempt may upload.
struct AwaitedContent: Hashable, Sendable {
    var key: JobKey
    var tenant: String
    var size: Int64
    /// Where it is already.
    var stored: Blob?
}

/// What of an attempt's files is to be sent, and where.
struct AnnouncedFiles: Sendable {
    struct Content: Hashable, Sendable {
        var sha256: String
        var size: Int64
        /// What the ledger has of it.
        var stored: Blob?
    }

    var tenant: String
    /// Each once, in order of their hashes; none if there is an `objectStore`.
    var contents: [Content]
    var objectStore: S3Address?

    /// What the ledger does not have.
    var missing: [Content] { contents.filter { $0.stored == nil } }
}

/// A file that can be read, and where it is.
struct LocatedArtifact: Hashable, Sendable {
    enum Place: Hashable, Sendable {
        case blob(Blob)
        case bucket(S3Address)
    }

    var artifact: StoredArtifact
    /// Nil while it is being uploaded.
    var place: Place?

    init(artifact: StoredArtifact, place: Place?) {
        self.artifact = artifact
        self.place = place
    }

    init(_ row: LedgerRow) throws {
        let location = try row.optionalText("location")
        let object = try row.optionalText("object")
        let tenant = try row.text("tenant")
        place = location.flatMap { S3Address($0) }.map { .bucket($0) } ?? object.map { .blob(Blob(tenant: tenant, name: $0)) }
        artifact = StoredArtifact(
            path: try row.text("path"), kind: try row.token("kind"), attempt: try row.int("attempt"),
            sizeBytes: Int64(try row.int("size")), sha256: try row.text("sha256"), mediaType: try row.text("media_type"),
            location: location, available: place != nil)
    }
}

extension RunPlan {
    /// Where the batch wants the files of one job, if in an object store.
    func objectStore(_ key: JobKey) -> S3Address? {
        guard let storage = submission.config.telemetry.storage, let bucket = storage.s3Bucket else { return nil }
        let prefix = String((storage.s3Prefix ?? "").drop { $0 == "/" })
        return S3Address(bucket: bucket, key: prefix).appending(key.batchID).appending(key.jobID)
    }
}

extension Ledger {
    /// An attempt that ended says what files it left. The same again changes nothing.
    ///
    /// - Throws: `LedgerError.staleAttempt`; for a file that is said to be where it does not belong, a `Problem`.
    func announce(_ manifest: ArtifactManifest, jobID: String, quotaBytes: Int64?) async throws -> AnnouncedFiles {
        let key = try Self.reportedKey(jobID, attempt: manifest.attempt)
        let plan: RunPlan
        do {
            plan = try await self.plan(batchID: key.batchID)
        } catch LedgerError.noSuchBatch {
            // In the words for a job that is another's, so that they can't be told apart.
            throw LedgerError.staleAttempt(jobID: jobID, attempt: manifest.attempt, reason: "this runner was not given it")
        }
        let tenant = plan.tenant
        let target = plan.objectStore(key)
        let contents = try await transaction(WriteScope(batches: [key.batchID])) { transaction in
            try transaction.holdForFiles(key, attempt: manifest.attempt, runnerID: manifest.runnerID)
            // Not before: where another tenant's batch has its files is nobody's business.
            try manifest.checkLocations(target)
            let connection = transaction.connection
            var contents: [String: AnnouncedFiles.Content] = [:]
            for file in manifest.files {
                try connection.send(
                    SQL.saveArtifact,
                    key.values + [
                        .int(manifest.attempt), .text(file.kind.rawValue), .text(file.path), .text(tenant), .text(file.sha256),
                        .integer(file.sizeBytes), .text(file.mediaType), .text(file.location),
                    ])
                guard target == nil, contents[file.sha256] == nil else { continue }
                let row = try connection.row(
                    SQL.useBlob, [.instant(transaction.now), .instant(transaction.now), .text(tenant), .text(file.sha256)])
                contents[file.sha256] = AnnouncedFiles.Content(
                    sha256: file.sha256, size: try row.map { Int64(try $0.int("size")) } ?? file.sizeBytes,
                    stored: try row.map { Blob(tenant: tenant, name: try $0.text("object")) })
            }
            let adding = contents.values.reduce(0) { $0 + ($1.stored == nil ? $1.size : 0) }
            if let quotaBytes, adding > 0 { try transaction.checkQuota(tenant, adding: adding, quotaBytes: quotaBytes) }
            return contents
        }
        return AnnouncedFiles(tenant: tenant, contents: contents.values.sorted { $0.sha256 < $1.sha256 }, objectStore: target)
    }

    /// What an attempt that still holds its job has announced under that hash.
    ///
    /// - Throws: `LedgerError.staleAttempt`, also where nothing was announced.
    func awaitedContent(jobID: String, attempt: Int, runnerID: String, sha256: String) async throws -> AwaitedContent {
        let key = try Self.reportedKey(jobID, attempt: attempt)
        return try await transaction(WriteScope(batches: [key.batchID])) { transaction in
            try transaction.holdForFiles(key, attempt: attempt, runnerID: runnerID)
            guard let row = try transaction.connection.row(SQL.awaitedContent, key.values + [.int(attempt), .text(sha256)]) else {
                throw LedgerError.staleAttempt(jobID: jobID, attempt: attempt, reason: "it has announced no file with this content")
            }
            let tenant = try row.text("tenant")
            return AwaitedContent(
                key: key, tenant: tenant, size: Int64(try row.int("size")),
                stored: try row.optionalText("object").map { Blob(tenant: tenant, name: $0) })
        }
    }

    /// A content is in the store.
    ///
    /// - Parameter old: what is not sound, and whose place it takes.
    /// - Returns: false if another upload of the same content was quicker.
    func stored(
        _ content: AwaitedContent, attempt: Int, runnerID: String, sha256: String, blob: Blob, replacing old: Blob? = nil, quotaBytes: Int64?
    ) async throws -> Bool {
        try await transaction(WriteScope(batches: [content.key.batchID])) { transaction in
            try transaction.holdForFiles(content.key, attempt: attempt, runnerID: runnerID)
            return try transaction.keep(blob, sha256: sha256, size: content.size, replacing: old, quotaBytes: quotaBytes)
        }
    }

    /// The files of an attempt, by kind and path.
    ///
    /// - Parameter attempt: nil for the job's latest.
    func artifacts(jobID: String, attempt: Int?) async throws -> [LocatedArtifact] {
        guard let key = JobKey(jobID: jobID) else { throw LedgerError.noSuchJob(jobID) }
        return try await driver.read { connection in
            guard let job = try connection.job(key) else { throw LedgerError.noSuchJob(jobID) }
            let rows = try connection.rows(SQL.artifactsOfAttempt, key.values + [.int(attempt ?? job.presentAttempt)])
            return try rows.map { try LocatedArtifact($0) }
        }
    }

    /// The files of the latest attempts at a batch's jobs, by run index; a part of them.
    ///
    /// - Parameter after: what the previous page ended with.
    func artifacts(batchID: String, limit: Int, after cursor: ArtifactCursor? = nil) async throws -> Page<BatchArtifact> {
        try await driver.read { connection in
            guard try connection.row(SQL.batch, [.text(batchID)]) != nil else { throw LedgerError.noSuchBatch(batchID) }
            let rows = try connection.rows(
                SQL.artifactsOfBatchAfter, [.text(batchID)] + (cursor ?? ArtifactCursor()).values + [.int(limit + 1)])
            let files = try rows.prefix(limit).map { row in
                let key = JobKey(batchID: batchID, runIndex: try row.int("run_index"))
                return (key.runIndex, BatchArtifact(jobID: key.jobID, artifact: try LocatedArtifact(row).artifact))
            }
            let next = rows.count > limit ? files.last.map { ArtifactCursor(runIndex: $0, $1.artifact).encoded } : nil
            return Page(items: files.map(\.1), next: next)
        }
    }

    /// One file of an attempt; nil if it has none such.
    func artifact(jobID: String, attempt: Int?, kind: ArtifactKind, path: String) async throws -> LocatedArtifact? {
        guard let key = JobKey(jobID: jobID) else { throw LedgerError.noSuchJob(jobID) }
        return try await driver.read { connection in
            guard let job = try connection.job(key) else { throw LedgerError.noSuchJob(jobID) }
            let values: [LedgerValue] = [.int(attempt ?? job.presentAttempt), .text(kind.rawValue), .text(path)]
            return try connection.row(SQL.artifact, key.values + values).map { try LocatedArtifact($0) }
        }
    }
}

extension LedgerTransaction {
    /// Files are taken as long as the attempt's report would be.
    fileprivate func holdForFiles(_ key: JobKey, attempt: Int, runnerID: String) throws {
        _ = try hold(try reported(key, attempt: attempt, runnerID: runnerID), session: nil)
    }

    /// Counts bytes that a tenant's contents have more, or less.
    ///
    /// - Returns: how many they have now. The count is this transaction's until it ends.
    @discardableResult
    func countBytes(_ tenant: String, _ change: Int64) throws -> Int64 {
        Int64(try connection.row(SQL.countBytes, [.text(tenant), .integer(change)])?.int("bytes") ?? 0)
    }

    func checkQuota(_ tenant: String, adding bytes: Int64, quotaBytes: Int64) throws {
        let used = Int64(try connection.row(SQL.storedBytes, [.text(tenant)])?.int("bytes") ?? 0)
        guard used + bytes <= quotaBytes else { throw LedgerError.overQuota(used: used, adding: bytes, quota: quotaBytes) }
    }
}
