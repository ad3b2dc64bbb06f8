import FoundationEssentials
import LynxModel

extension RunnerService {
    /// Uploads the files of an attempt whose result is about to be delivered.
    ///
    /// - Returns: the report as it is to be delivered, with what went wrong among its warnings; and what is not needed any
    ///   more once it has been.
    func uploadFiles(
        of report: SpooledReport, _ log: AttemptLog
    ) async throws -> (report: SpooledReport, disposable: String?) {
        // Before the first registration nobody has said; asking does no harm.
        guard monitor.with({ $0.uploadsFiles }) ?? true, let content = report.content,
            content.outcome != .lost, content.result.metadata.directory != nil || !content.result.artifacts.isEmpty
        else { return (report, nil) }
        let upload = FileUpload(client: client, runnerID: identity.runnerID, objectStore: options.objectStore) { [monitor] in
            monitor.with { $0.moved() }
        }
        var amended = content
        guard let outcome = try await run(upload, content) else {
            amended.result.success = false
            amended.result.metadata.outcome = .cancelled
            amended.result.errorMessage = "cancelled"
            amended.result.metadata.warnings.append("cancelled while files were being uploaded; those that are missing stay with the runner")
            return (SpooledReport(amended), nil)
        }
        amended.result.metadata.warnings += outcome.warnings
        if !outcome.warnings.isEmpty { log.filesNotUploaded(outcome.warnings) }
        let keeps =
            options.keepOutputs.keeps(successful: content.outcome == .success)
            || content.result.metadata.warnings.contains { $0.hasPrefix(CollectedFiles.isLeftOut) }
        return (
            outcome.warnings.isEmpty ? report : SpooledReport(amended),
            outcome.isComplete && !keeps ? content.result.metadata.directory : nil
        )
    }

    /// Removes an attempt's directory, whose files are elsewhere now.
    func dispose(of directory: String, _ log: AttemptLog) async {
        do {
            try await blocking { try FileManager.default.removeItem(atPath: directory) }
        } catch {
            log.directoryNotRemoved(files.directory, error)
        }
    }
}
