import FoundationEssentials
import LynxModel

extension RunnerService {
    /// Uploads the files of an attempt whose result is about to be delivered.
    ///
    /// - Returns: the report to deliver, with failed uploads among its warnings; and the files that are no longer needed
    ///   after its delivery.
    func uploadFiles(
        of report: SpooledReport, _ log: AttemptLog
    ) async throws -> (report: SpooledReport, disposable: DisposableFiles?) {
        // Before the first registration it is unknown whether the control plane accepts files; trying does no harm.
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
            options.configuration.keepOutputs.keeps(successful: content.outcome == .success)
            || content.result.metadata.warnings.contains { $0.hasPrefix(CollectedFiles.isLeftOut) }
        return (
            outcome.warnings.isEmpty ? report : SpooledReport(amended),
            outcome.isComplete && !keeps
                ? content.result.metadata.directory.map { DisposableFiles(directory: $0, uploaded: outcome.files) } : nil
        )
    }

    /// Nil if the job is cancelled before all files have been uploaded.
    private func run(_ upload: FileUpload, _ report: AttemptReport) async throws -> FileUpload.Outcome? {
        let key = AttemptKey(jobID: report.jobID, attempt: report.attempt)
        return try await withThrowingTaskGroup(of: FileUpload.Outcome?.self) { group in
            group.addTask { try await upload.run(report) }
            group.addTask { [monitor] in
                try await monitor.wait { $0.outbox.isCancelled(key) }
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }

    /// Removes an attempt's files that have been uploaded.
    func dispose(of files: DisposableFiles, _ log: AttemptLog) async {
        do {
            if try await blocking({ try files.remove() }) == false { log.directoryKept(files.directory) }
        } catch {
            log.directoryNotRemoved(files.directory, error)
        }
    }
}
