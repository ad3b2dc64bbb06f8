import FoundationEssentials
import LynxModel
import ObjectStore

/// Brings the files of one attempt to where the control plane wants them. What it needs to know is in the attempt's report
/// and on the disk, so that it may be begun again at any time, by any process.
///
/// A file that can't be uploaded, now or ever, is a warning in the result; only what may work later is thrown.
struct FileUpload: Sendable {
    let client: ControlPlaneClient
    let runnerID: String
    /// Nil means what the environment says.
    let objectStore: S3Configuration?
    /// Called as bytes go.
    let moved: @Sendable () -> Void

    struct Outcome: Sendable {
        var warnings: [String] = []
        /// What the attempt left to be uploaded.
        var files: [AttemptFiles.Local] = []
        /// All of it is there.
        var isComplete = false
    }

    /// How long after an attempt's end an object store that does not answer is tried.
    private static let patience = 3600.0

    /// - Throws: `ControlPlaneError`, or `S3Error` where the object store may answer later.
    func run(_ report: AttemptReport) async throws -> Outcome {
        let local = try await AttemptFiles(report)
        var outcome = Outcome(warnings: local.warnings, files: local.files)
        guard !local.files.isEmpty else {
            outcome.isComplete = local.warnings.isEmpty
            return outcome
        }
        let manifest = ArtifactManifest(runnerID: runnerID, attempt: report.attempt, files: local.files.map(\.file))
        do {
            let needed = try await client.announce(manifest, jobID: report.jobID)
            guard needed.accepted else { return Outcome() }
            if let text = needed.objectStore, let target = S3Address(text) {
                try await put(local.files, to: target, report, &outcome)
            } else {
                for upload in needed.uploads {
                    guard let local = local.files.first(where: { $0.file.sha256 == upload.sha256 }) else { continue }
                    if let warning = try await send(local, from: upload.offset, report) { outcome.warnings.append(warning) }
                }
            }
        } catch let error as ControlPlaneError where error.advice == .refused {
            outcome.warnings.append("files were not uploaded: \(error)")
        } catch let error as ControlPlaneError where error.status == 404 || error.status == 405 {
            // An older control plane, which takes none.
            return Outcome()
        }
        outcome.isComplete = outcome.warnings.isEmpty
        return outcome
    }

    /// - Returns: why it can't be sent, if so.
    private func send(_ local: AttemptFiles.Local, from start: Int64, _ report: AttemptReport) async throws -> String? {
        let key = AttemptKey(jobID: report.jobID, attempt: report.attempt)
        do {
            let file = try local.open()
            var offset = min(start, file.size)
            var restarts = 0
            while true {
                let progress = try await client.upload(
                    file, sha256: local.file.sha256, from: offset, of: key, runnerID: runnerID, sent: moved)
                if progress.complete { return nil }
                if progress.offset <= offset { restarts += 1 }
                guard restarts < 3 else { return "\(local.file.path) was not uploaded: it does not arrive as it is" }
                offset = min(progress.offset, file.size)
            }
        } catch let error as S3Error {
            return AttemptFiles.warning(local.file.path, error)
        } catch let error as ControlPlaneError where error.advice == .refused {
            return AttemptFiles.warning(local.file.path, error)
        }
    }

    private func put(
        _ files: [AttemptFiles.Local], to target: S3Address, _ report: AttemptReport, _ outcome: inout Outcome
    ) async throws {
        do {
            let store = S3Client(try objectStore ?? .environment())
            var stored: [ArtifactManifest.File] = []
            for local in files {
                let address = target.appending(local.file.objectName(attempt: report.attempt))
                do {
                    try await put(local, at: address, in: store)
                    var file = local.file
                    file.location = address.description
                    stored.append(file)
                } catch let error as S3Error where !error.isTransient || isOverdue(report) {
                    outcome.warnings.append(AttemptFiles.warning(local.file.path, error))
                }
            }
            guard !stored.isEmpty else { return }
            let manifest = ArtifactManifest(runnerID: runnerID, attempt: report.attempt, files: stored)
            _ = try await client.announce(manifest, jobID: report.jobID)
        } catch let error as S3Error where !error.isTransient {
            outcome.warnings.append("files were not uploaded to \(target): \(error)")
        }
    }

    private func put(_ local: AttemptFiles.Local, at address: S3Address, in store: S3Client) async throws {
        // An earlier try may have got this far. Who may not look only sends it once more.
        if let there = try? await store.head(address), there.size == local.file.sizeBytes, there.sha256 == local.file.sha256 { return }
        let file = try local.open()
        try await store.put(file, to: address, mediaType: local.file.mediaType, sha256: local.file.sha256) { [moved] _ in moved() }
    }

    private func isOverdue(_ report: AttemptReport) -> Bool {
        guard let end = report.result.metadata.completedAt else { return true }
        return Date().timeIntervalSince(end) > Self.patience
    }
}
