import FoundationEssentials
import LynxModel
import ObjectStore

/// Uploads the files of one attempt to the location that the control plane assigns. All its input is in the attempt's report
/// and on the disk, so any process may start it again at any time.
///
/// A file that can never be uploaded results in a warning; only failures that may pass are thrown.
struct FileUpload: Sendable {
    let client: ControlPlaneClient
    let runnerID: String
    /// The object store; nil means the environment's settings.
    let objectStore: S3Configuration?
    /// Called as bytes are sent.
    let moved: @Sendable () -> Void

    struct Outcome: Sendable {
        var warnings: [String] = []
        /// The attempt's files to upload.
        var files: [LocalFiles.File] = []
        /// Whether all files have been uploaded.
        var isComplete = false
    }

    /// The time in seconds after an attempt's end during which an object store that does not respond is tried.
    private static let patience = 3600.0

    /// - Throws: `ControlPlaneError`, or `S3Error` if the object store may respond later.
    func run(_ report: AttemptReport) async throws -> Outcome {
        let local = try await LocalFiles(report)
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
            // An older control plane accepts no files.
            return Outcome()
        }
        outcome.isComplete = outcome.warnings.isEmpty
        return outcome
    }

    /// - Returns: the reason if the file cannot be sent; nil if it was sent.
    private func send(_ local: LocalFiles.File, from start: Int64, _ report: AttemptReport) async throws -> String? {
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
            return LocalFiles.warning(local.file.path, error)
        } catch let error as ControlPlaneError where error.advice == .refused {
            return LocalFiles.warning(local.file.path, error)
        }
    }

    private func put(
        _ files: [LocalFiles.File], to target: S3Address, _ report: AttemptReport, _ outcome: inout Outcome
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
                    outcome.warnings.append(LocalFiles.warning(local.file.path, error))
                }
            }
            guard !stored.isEmpty else { return }
            let manifest = ArtifactManifest(runnerID: runnerID, attempt: report.attempt, files: stored)
            _ = try await client.announce(manifest, jobID: report.jobID)
        } catch let error as S3Error where !error.isTransient {
            outcome.warnings.append("files were not uploaded to \(target): \(error)")
        }
    }

    private func put(_ local: LocalFiles.File, at address: S3Address, in store: S3Client) async throws {
        // An earlier try may have stored the object. Without permission to look, the file is sent again.
        if let there = try? await store.head(address), there.size == local.file.sizeBytes, there.sha256 == local.file.sha256 { return }
        let file = try local.open()
        try await store.put(file, to: address, mediaType: local.file.mediaType, sha256: local.file.sha256) { [moved] _ in moved() }
    }

    private func isOverdue(_ report: AttemptReport) -> Bool {
        guard let end = report.result.metadata.completedAt else { return true }
        return Date().timeIntervalSince(end) > Self.patience
    }
}
