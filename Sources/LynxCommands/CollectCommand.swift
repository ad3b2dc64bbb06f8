import ArgumentParser
import LynxCLI
import LynxModel

struct CollectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gc", abstract: "Remove the files and telemetry of batches that ended long enough ago.",
        discussion: """
            How long is said by each batch (telemetry.storage.retain_days), or by 'lynxctl serve --retain-days'. Jobs and the \
            summaries of their results stay. Uploads given up for more than a day are removed as well.

            EXAMPLES:
              lynxctl gc --dry-run
              lynxctl gc
            """)

    @Flag(help: "Say what would be removed, and remove nothing.")
    var dryRun = false

    @OptionGroup var controlPlane: ControlPlaneOptions

    func run() async throws {
        try await controlPlane.withAPI { api in
            let report = try await api.call(.collect, [.dryRun: dryRun])
            if controlPlane.json {
                try JSONOutput.print(report)
            } else {
                show(report)
            }
            guard report.failures.isEmpty else {
                throw CLIError(
                    report.failures.prefix(20) + ["\(NumberText.count(report.failures.count, "object")) could not be removed"],
                    exitCode: ExitStatus.unavailable)
            }
        }
    }

    private func show(_ report: CollectionReport) {
        let output = OutputStream.standard
        for batch in report.batches {
            output.line("batch \(batch.batchID), ended \(WireJSON.timestamp(batch.completedAt)): \(NumberText.count(batch.files, "file"))")
        }
        let verb = report.dryRun ? "would be removed" : "removed"
        output.line("\(NumberText.count(report.blobs, "stored content")) of \(report.blobBytes) bytes \(verb)")
        if report.objects > 0 { output.line("\(NumberText.count(report.objects, "object")) of \(report.objectBytes) bytes in object stores \(verb)") }
        if report.telemetryBytes > 0 { output.line("\(report.telemetryBytes) bytes of telemetry \(verb)") }
        if report.stale > 0 { output.line("\(NumberText.count(report.stale, "leftover file")) of \(report.staleBytes) bytes \(verb)") }
    }
}
