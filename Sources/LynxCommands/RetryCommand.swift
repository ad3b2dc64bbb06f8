import ArgumentParser
import LynxCLI
import LynxModel

struct RetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Queue the failed and timed-out jobs of a batch again.",
        discussion: """
            EXAMPLES:
              lynxctl retry BATCH_ID
              lynxctl retry BATCH_ID && lynxctl wait BATCH_ID
            """)

    @Argument(help: "The batch.")
    var batchID: String

    @OptionGroup var controlPlane: ControlPlaneOptions

    func run() async throws {
        try await controlPlane.withAPI { api in
            let overview = try await api.call(.retryFailed, [.batch: batchID])
            guard !controlPlane.json else { return try JSONOutput.print(overview) }
            // One of before this version does not say.
            let queued = overview.requeued.map { NumberText.count($0, "job") } ?? "its failed and timed-out jobs"
            OutputStream.standard.line("batch \(batchID): \(queued) queued again")
        }
    }
}
