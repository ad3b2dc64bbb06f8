import ArgumentParser
import LynxCLI
import LynxModel

struct ExtendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "extend", abstract: "Append runs to a batch, whether it has ended or not.",
        discussion: """
            What was drawn stays, and all runs are one study. A batch that was stopped early goes on where it was; one of
            subset_simulation may take so many runs more.

            EXAMPLES:
              lynxctl extend BATCH_ID --runs 500 && lynxctl wait BATCH_ID
            """)

    @Argument(help: "The batch.")
    var batchID: String

    @Option(help: ArgumentHelp("How many runs there are to be more.", valueName: "n"))
    var runs: Int

    @OptionGroup var controlPlane: ControlPlaneOptions

    func validate() throws {
        guard runs >= 1 else { throw ValidationError("--runs is \(runs); give at least 1") }
    }

    func run() async throws {
        let overview = try await controlPlane.withAPI { try await $0.extend(batchID, by: runs) }
        guard !controlPlane.json else { return try JSONOutput.print(overview) }
        OutputStream.standard.line("batch \(batchID): \(NumberText.count(runs, "run")) more, \(overview.batch.totalJobs) in all")
    }
}

struct CloseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "close", abstract: "Let a batch with an open table end with the runs it has.",
        discussion: """
            Closing a batch that is closed changes nothing.

            EXAMPLES:
              lynxctl close BATCH_ID && lynxctl wait BATCH_ID
            """)

    @Argument(help: "The batch.")
    var batchID: String

    @OptionGroup var controlPlane: ControlPlaneOptions

    func run() async throws {
        let overview = try await controlPlane.withAPI { try await $0.close(batchID) }
        guard !controlPlane.json else { return try JSONOutput.print(overview) }
        OutputStream.standard.line("batch \(batchID) is closed with \(NumberText.count(overview.batch.totalJobs, "run"))")
    }
}
