import ArgumentParser
import Logging
import LynxCLI
import LynxCommands

struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write a study as a folder that other tools can read: a Workflow Run RO-Crate.",
        discussion: """
            The folder holds the study document, the results as CSV, the telemetry, and for each run its configuration, files \
            and provenance; ro-crate-metadata.json describes them.

            EXAMPLES:
              lynxctl export BATCH_ID --ro-crate study-crate
              lynxctl export BATCH_ID --ro-crate study-crate --state .lynx --license https://spdx.org/licenses/CC-BY-4.0
            """)

    @Argument(help: ArgumentHelp("The batch.", valueName: "batch-id"))
    var batch: String

    @Option(help: ArgumentHelp("The folder to write; made if it is missing.", valueName: "dir"))
    var roCrate: String

    @Option(help: ArgumentHelp("What the crate may be used for: an address, or a text.", valueName: "license"))
    var license = "not stated"

    @Flag(help: "Leave the telemetry out.")
    var noTelemetry = false

    @Flag(help: "Leave the files and logs of runs out.")
    var noFiles = false

    @Option(help: ArgumentHelp("Read the ledger that 'lynxctl run' keeps in this folder, instead of a control plane.", valueName: "dir"))
    var state: String?

    @OptionGroup var controlPlane: ControlPlaneOptions

    func validate() throws {
        if roCrate.isEmpty { throw ValidationError("--ro-crate needs the name of a folder.") }
        if license.isEmpty { throw ValidationError("--license needs an address or a text.") }
    }

    func run() async throws {
        let export = StudyExport(batchID: batch, folder: roCrate, license: license, hasTelemetry: !noTelemetry, hasFiles: !noFiles)
        guard let state else { return try await controlPlane.withAPI { try await export.perform($0) } }
        let directory = try StateDirectory(path: state)
        let log = try FileLog(path: directory.controlPlaneLog)
        let logger = Logger(label: "lynx.control-plane") { _ in log }
        try await EmbeddedControlPlane.with(ledger: directory.ledger, logger: logger) { controlPlane in
            try await APIClient.with(baseURL: controlPlane.url) { try await export.perform($0) }
        }
    }
}
