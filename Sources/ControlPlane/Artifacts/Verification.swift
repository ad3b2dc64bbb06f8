import LynxModel
import ObjectStore

/// A stored file that is not what the ledger says of it.
public struct ArtifactDamage: Codable, Hashable, Sendable {
    public enum Kind: String, Codable, CaseIterable, Sendable {
        case missing
        case wrongLength = "wrong_length"
        case wrongHash = "wrong_hash"
        /// It cannot be read now, so its state is unknown.
        case unreadable
    }

    public var kind: Kind
    /// What is wrong, in words.
    public var detail: String
    /// A path, or `s3://bucket/key`.
    public var place: String
    public var sha256: String
    public var sizeBytes: Int64
    public var tenant: String
    /// Some of the files that have this content, as `<job> attempt <n> <path>`.
    public var files: [String]
    /// How many files have it.
    public var uses: Int

    private enum CodingKeys: String, CodingKey {
        case kind, detail, place, sha256, tenant, files, uses
        case sizeBytes = "size_bytes"
    }
}

/// What a verification has read.
public struct ArtifactVerification: Codable, Hashable, Sendable {
    /// Contents in the control plane's store, and files in the buckets of batches.
    public var contents = 0
    public var bytes: Int64 = 0
    public var damaged: [ArtifactDamage] = []

    public init() {}
}

extension LedgerOperator {
    /// Reads every stored content of every tenant, and holds its length and hash against the ledger. Nothing is changed; a control
    /// plane may be serving meanwhile.
    ///
    /// - Parameter found: called with each that is not sound, at once.
    /// - Throws: `StorageError`, `ControlPlaneError`.
    public func verifyArtifacts(
        in configuration: ArtifactConfiguration, found: (ArtifactDamage) -> Void = { _ in }
    ) async throws -> ArtifactVerification {
        let store = try ArtifactStore(configuration, buckets: Buckets(), makes: false)
        var verification = ArtifactVerification()
        try await ledger.storedContents { content in
            verification.contents += 1
            verification.bytes += content.size
            guard var damage = await content.damage(in: store) else { return }
            // A control plane may have removed or replaced it since the ledger was read.
            guard try await ledger.names(content) else { return }
            (damage.files, damage.uses) = try await ledger.files(of: content, limit: 5)
            verification.damaged.append(damage)
            found(damage)
        }
        return verification
    }
}

/// One content as the ledger has it.
struct RecordedContent: Sendable {
    var place: LocatedArtifact.Place
    var tenant: String
    var sha256: String
    var size: Int64
    /// Which file it is, if it lies in a batch's bucket.
    var file: (key: JobKey, attempt: Int, kind: String, path: String)?

    fileprivate func damage(in store: ArtifactStore) async -> ArtifactDamage? {
        func damage(_ kind: ArtifactDamage.Kind, _ detail: String) -> ArtifactDamage {
            ArtifactDamage(
                kind: kind, detail: detail, place: store.name(place), sha256: sha256, sizeBytes: size, tenant: tenant, files: [], uses: 0)
        }
        do {
            try await store.verify(place, size: size, sha256: sha256)
            return nil
        } catch let fault as ContentFault {
            switch fault {
            case .missing: return damage(.missing, "\(fault)")
            case .length: return damage(.wrongLength, "\(fault)")
            case .hash: return damage(.wrongHash, "\(fault)")
            }
        } catch {
            return damage(.unreadable, "\(error)")
        }
    }
}

extension Ledger {
    private static let contentsAtOnce = 200

    /// Hands every content that the ledger knows to `body`: those of the store, then those in buckets of batches.
    fileprivate func storedContents(_ body: (RecordedContent) async throws -> Void) async throws {
        var last = (tenant: "", sha256: "")
        while true {
            let values: [LedgerValue] = [.text(last.tenant), .text(last.sha256), .int(Self.contentsAtOnce)]
            let page = try await driver.read { connection in
                try connection.rows(SQL.blobsAfter, values).map { row in
                    let tenant = try row.text("tenant")
                    return RecordedContent(
                        place: .blob(Blob(tenant: tenant, name: try row.text("object"))), tenant: tenant, sha256: try row.text("sha256"),
                        size: Int64(try row.int("size")))
                }
            }
            for content in page { try await body(content) }
            guard page.count == Self.contentsAtOnce, let end = page.last else { break }
            last = (end.tenant, end.sha256)
        }
        var after: [LedgerValue] = [.text(""), .int(0), .int(0), .text(""), .text("")]
        while true {
            let values = after + [.int(Self.contentsAtOnce)]
            let page = try await driver.read { try $0.rows(SQL.locatedAfter, values).map { try RecordedContent(located: $0) } }
            for content in page { try await body(content) }
            guard page.count == Self.contentsAtOnce, let file = page.last?.file else { return }
            after = file.key.values + [.int(file.attempt), .text(file.kind), .text(file.path)]
        }
    }

    /// Whether the ledger still has the content there.
    fileprivate func names(_ content: RecordedContent) async throws -> Bool {
        try await driver.read { connection in
            switch content.place {
            case .blob(let blob):
                return try connection.row(SQL.knownObject, [.text(blob.tenant), .text(content.sha256), .text(blob.name)]) != nil
            case .bucket(let address):
                guard let file = content.file else { return false }
                let values = file.key.values + [.int(file.attempt), .text(file.kind), .text(file.path)]
                return try connection.row(SQL.artifact, values)?.optionalText("location") == address.description
            }
        }
    }

    /// The files that have a content, up to `limit` by name, and how many there are.
    fileprivate func files(of content: RecordedContent, limit: Int) async throws -> (files: [String], uses: Int) {
        if let file = content.file { return ([RecordedContent.text(file.key, file.attempt, file.path)], 1) }
        let values: [LedgerValue] = [.text(content.tenant), .text(content.sha256)]
        return try await driver.read { connection in
            let files = try connection.rows(SQL.filesOfBlob, values + [.int(limit)]).map { row in
                RecordedContent.text(
                    JobKey(batchID: try row.text("batch_id"), runIndex: try row.int("run_index")), try row.int("attempt"), try row.text("path"))
            }
            return (files, try connection.row(SQL.references, values + values)?.int("uses") ?? 0)
        }
    }
}

extension RecordedContent {
    fileprivate static func text(_ key: JobKey, _ attempt: Int, _ path: String) -> String { "\(key.jobID) attempt \(attempt) \(path)" }

    fileprivate init(located row: LedgerRow) throws {
        let location = try row.text("location")
        guard let address = S3Address(location) else { throw StorageError.unexpected("a file at '\(location)'") }
        self.init(
            place: .bucket(address), tenant: try row.text("tenant"), sha256: try row.text("sha256"), size: Int64(try row.int("size")),
            file: (
                JobKey(batchID: try row.text("batch_id"), runIndex: try row.int("run_index")), try row.int("attempt"), try row.text("kind"),
                try row.text("path")
            ))
    }
}
