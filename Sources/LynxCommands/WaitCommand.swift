import ArgumentParser
import LynxCLI

struct WaitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait", abstract: "Stay until a batch has ended, and print its results.",
        discussion: """
            EXAMPLES:
              lynxctl wait BATCH_ID
              lynxctl wait BATCH_ID --junit jobs.xml --summary summary.md --results runs.csv

            The exit code is 0 only if every job completed, and 1 if not. Ctrl-C leaves the batch running.
            """)

    @Argument(help: "The batch.")
    var batchID: String

    @OptionGroup var files: OutputFileOptions

    @OptionGroup var patience: PatienceOptions

    @OptionGroup var controlPlane: ControlPlaneOptions

    func run() async throws {
        try files.check()
        try await controlPlane.withAPI { api in
            _ = try await api.overview(of: batchID)
            try await BatchWait(api: api, batchID: batchID, json: controlPlane.json, files: files, maxOutage: patience.limit).run()
        }
    }
}
