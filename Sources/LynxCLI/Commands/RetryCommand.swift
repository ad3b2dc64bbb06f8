import ArgumentParser
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
            let before = try await api.overview(of: batchID)
            try await api.post("/batches/\(api.escaped(batchID))/retry-failed")
            let after = try await api.overview(of: batchID)
            guard !controlPlane.json else { return try JSONOutput.print(after) }
            let queued = max(0, before.batch.failedJobs - after.batch.failedJobs)
            OutputStream.standard.line("batch \(batchID): \(NumberText.count(queued, "job")) queued again")
        }
    }
}
