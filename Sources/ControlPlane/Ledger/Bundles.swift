import LynxModel

/// A content of a bundle.
struct BundleContent: Hashable, Sendable {
    var bundle: String
    var tenant: String
    var sha256: String
    var size: Int64
    /// Where it is; nil before it is uploaded.
    var stored: Blob?
}

extension Ledger {
    /// How long a bundle is kept that no batch needs, in milliseconds.
    static let bundleGrace: Instant = 86_400_000

    /// Notes the contents of a bundle.
    ///
    /// - Parameters:
    ///   - sha256: of its manifest.
    ///   - size: of its manifest, in bytes.
    /// - Returns: each content once, the manifest among them, in order of their hashes.
    func announce(
        _ manifest: BundleManifest, sha256: String, size: Int64, tenant: String, quotaBytes: Int64?
    ) async throws -> [AnnouncedFiles.Content] {
        var sizes = Dictionary(manifest.files.map { ($0.sha256, $0.size) }, uniquingKeysWith: { first, _ in first })
        if let wrong = manifest.files.first(where: { sizes[$0.sha256] != $0.size }) {
            throw Problem.invalid("body", "says two sizes of the content of '\(wrong.path)'")
        }
        sizes[sha256] = size
        let contents = sizes.sorted { $0.key < $1.key }
        return try await transaction { transaction in
            let (connection, now) = (transaction.connection, transaction.now)
            try connection.send(SQL.useBundle, [.text(tenant), .text(sha256), .instant(now)])
            let announced = try contents.map { hash, size in
                try connection.send(SQL.saveBundleFile, [.text(tenant), .text(sha256), .text(hash), .integer(size)])
                let row = try connection.row(SQL.useBlob, [.instant(now), .instant(now), .text(tenant), .text(hash)])
                return AnnouncedFiles.Content(
                    sha256: hash, size: size, stored: try row.map { Blob(tenant: tenant, name: try $0.text("object")) })
            }
            let adding = announced.reduce(0) { $0 + ($1.stored == nil ? $1.size : 0) }
            if let quotaBytes, adding > 0 { try transaction.checkQuota(tenant, adding: adding, quotaBytes: quotaBytes) }
            return announced
        }
    }

    /// A content of one of the tenant's bundles.
    ///
    /// - Throws: a 404 `Problem` if the tenant has no such bundle, or it no such content.
    func content(_ sha256: String, ofBundle bundle: String, tenant: String) async throws -> BundleContent {
        try await driver.read { connection in
            guard let row = try connection.row(SQL.bundleFile, [.text(tenant), .text(bundle), .text(sha256)]) else {
                throw Problem.notFound("there is no bundle '\(bundle)' with a content '\(sha256)'")
            }
            return BundleContent(
                bundle: bundle, tenant: tenant, sha256: sha256, size: Int64(try row.int("size")),
                stored: try row.optionalText("object").map { Blob(tenant: tenant, name: $0) })
        }
    }

    /// A content of a bundle is in the store.
    ///
    /// - Parameter old: what is not sound, and whose place it takes.
    /// - Returns: false if another upload of the same content was quicker.
    func stored(_ content: BundleContent, blob: Blob, replacing old: Blob?, quotaBytes: Int64?) async throws -> Bool {
        try await transaction { transaction in
            let key: [LedgerValue] = [.text(content.tenant), .text(content.bundle), .text(content.sha256)]
            // A collection may have removed the bundle meanwhile.
            guard try transaction.connection.row(SQL.bundleFile, key) != nil else {
                throw Problem.notFound("there is no bundle '\(content.bundle)' any more")
            }
            return try transaction.keep(
                blob, sha256: content.sha256, size: content.size, replacing: old, quotaBytes: quotaBytes)
        }
    }

    /// Takes bundles out of the ledger that nothing needs any more.
    ///
    /// - Returns: how many.
    func removeUnusedBundles(of tenant: String) async throws -> Int {
        try await transaction { transaction in
            let connection = transaction.connection
            let unused = try connection.rows(SQL.unusedBundles, [.text(tenant), .instant(transaction.now - Self.bundleGrace)])
            return try unused.count { row in
                let key: [LedgerValue] = [.text(tenant), .text(try row.text("sha256"))]
                guard try connection.run(SQL.removeBundle, key + [.instant(try row.instant("last_used"))]) > 0 else { return false }
                try connection.send(SQL.removeBundleFiles, key)
                return true
            }
        }
    }
}

extension LedgerTransaction {
    /// Notes that a batch uses a bundle.
    ///
    /// - Throws: a 422 `Problem` if it is not there as a whole.
    func use(bundle sha256: String, tenant: String) throws {
        let field = "config.simulation.bundle.sha256"
        guard let row = try connection.row(SQL.bundleState, [.text(tenant), .text(sha256)]), try row.int("contents") > 0 else {
            throw Problem.invalid(field, "is of no bundle that is here; upload it first")
        }
        let (contents, stored) = (try row.int("contents"), try row.int("stored"))
        guard contents == stored else { throw Problem.invalid(field, "lacks \(contents - stored) of its \(contents) contents; upload them first") }
        try connection.send(SQL.useBundle, [.text(tenant), .text(sha256), .instant(now)])
    }

    /// Notes a content that is in the store.
    ///
    /// - Parameter old: what is not sound, and whose place it takes.
    /// - Returns: false if another upload of the same content was quicker.
    func keep(_ blob: Blob, sha256: String, size: Int64, replacing old: Blob?, quotaBytes: Int64?) throws -> Bool {
        if let old {
            let values: [LedgerValue] = [.text(blob.name), .text(blob.tenant), .text(sha256), .text(old.name)]
            if try connection.run(SQL.replaceBlob, values) > 0 { return true }
        }
        let saved = try connection.run(
            SQL.saveBlob, [.text(blob.tenant), .text(sha256), .integer(size), .text(blob.name), .instant(now)])
        if saved == 0 { return false }
        let used = try countBytes(blob.tenant, size)
        if let quotaBytes, used > quotaBytes { throw LedgerError.overQuota(used: used - size, adding: size, quota: quotaBytes) }
        return true
    }
}
