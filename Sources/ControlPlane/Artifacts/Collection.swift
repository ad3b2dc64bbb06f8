import FoundationEssentials
import Glibc
import LynxModel
import ObjectStore

/// One collection: takes the files and telemetry of batches that ended long enough ago, then contents that nothing
/// refers to any more, then what uploads left behind. Jobs and the summaries of their results stay.
///
/// It may run beside uploads, and beside itself: what it removes is decided within transactions, on rows that an upload
/// changes when it relies on them; and a file's name is never used again.
struct Collection {
    let ledger: Ledger
    let store: ArtifactStore
    /// Whose files; nobody else's are looked at.
    let tenant: String
    let dryRun: Bool

    /// How old what nobody knows must be: an upload that has stood still for so long has been given up.
    static let staleSeconds = 86_400.0

    func run() async throws -> CollectionReport {
        var report = CollectionReport(dryRun: dryRun)
        var expired: [String] = []
        var last = ""
        while true {
            let page = try await ledger.expiredBatches(of: tenant, defaultDays: store.configuration.retainDays, after: last, limit: 200)
            for (batchID, completedAt) in page {
                try await collect(batchID, completedAt: Date(instant: completedAt), &report)
                expired.append(batchID)
            }
            guard page.count == 200, let next = page.last?.batchID else { break }
            last = next
        }
        if !dryRun { _ = try await ledger.removeUnusedBundles(of: tenant) }
        try await collectBlobs(freedBy: expired, &report)
        try await collectStale(&report)
        return report
    }

    private func collect(_ batchID: String, completedAt: Date, _ report: inout CollectionReport) async throws {
        let files = try await ledger.files(ofBatch: batchID)
        report.batches.append(.init(batchID: batchID, completedAt: completedAt, files: files.count))
        report.telemetryBytes += try await ledger.telemetryBytes(ofBatch: batchID)
        // Objects first: their rows are the only memory of where they are.
        var failed: Set<String> = []
        for file in files {
            guard let location = file.location else { continue }
            do {
                if !dryRun, let address = S3Address(location) { try await store.bucketClient().delete(address) }
                report.objects += 1
                report.objectBytes += file.size
            } catch let error as S3Error {
                report.failures.append("\(location): \(error)")
                failed.insert(location)
            }
        }
        guard !dryRun else { return }
        try await ledger.forgetFiles(
            files.filter { $0.location.map { !failed.contains($0) } ?? true }, ofBatch: batchID,
            defaultDays: store.configuration.retainDays, isComplete: failed.isEmpty)
    }

    private func collectBlobs(freedBy expired: [String], _ report: inout CollectionReport) async throws {
        if dryRun {
            let blobs = try await ledger.blobsOnly(in: expired)
            report.blobs = blobs.count
            report.blobBytes = blobs.reduce(0) { $0 + $1.size }
            return
        }
        while true {
            let removed = try await ledger.removeUnreferencedBlobs(of: tenant, limit: 500)
            for blob in removed {
                report.blobs += 1
                report.blobBytes += blob.size
                do {
                    try await store.blobs.remove(blob.blob)
                } catch {
                    report.failures.append("\(blob.blob.path): \(error)")
                }
            }
            if removed.isEmpty { return }
        }
    }

    /// Uploads given up, and files whose rows were never written or are gone.
    private func collectStale(_ report: inout CollectionReport) async throws {
        let before = ledger.clock.now().addingTimeInterval(-Self.staleSeconds)
        let folder = store.uploads(of: tenant)
        for name in try DirectoryStore.names(in: folder) {
            var status = stat()
            guard lstat("\(folder)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFREG,
                Double(status.st_mtim.tv_sec) < before.timeIntervalSince1970
            else { continue }
            report.stale += 1
            report.staleBytes += Int64(status.st_size)
            if !dryRun { PartialUpload.discard("\(folder)/\(name)") }
        }
        var orphans: [(path: String, size: Int64)] = []
        try await store.blobs.objects(of: tenant, before: before) { path, size in
            guard let name = path.split(separator: "/").last.map(String.init), name.utf8.count > 65,
                ArtifactManifest.isHash(String(name.prefix(64)))
            else { return }
            if try await !ledger.knows(object: name, tenant: tenant) { orphans.append((path, size)) }
        }
        for orphan in orphans {
            report.stale += 1
            report.staleBytes += orphan.size
            if !dryRun { try await store.blobs.remove(path: orphan.path) }
        }
    }
}
