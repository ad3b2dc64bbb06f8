import ArgumentParser
import LynxCLI
import LynxModel
import UnixSignals

struct ArtifactsListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the files that the control plane has.",
        discussion: """
            EXAMPLES:
              lynxctl artifacts list BATCH_ID
              lynxctl artifacts list JOB_ID --attempt 1
            """)

    @Argument(help: ArgumentHelp("A batch or a job.", valueName: "id"))
    var id: String

    @Option(help: ArgumentHelp("The files of this attempt, instead of each job's latest.", valueName: "n"))
    var attempt: Int?

    @OptionGroup var controlPlane: ControlPlaneOptions

    func run() async throws {
        try await controlPlane.withAPI { api in
            var listed: [BatchArtifact] = []
            try await api.listArtifacts(of: id, attempt: attempt) { listed += $0 }
            guard !controlPlane.json else {
                return try JSONOutput.print(Dictionary(grouping: listed, by: \.jobID).mapValues { $0.map(\.artifact) })
            }
            guard !listed.isEmpty else { return OutputStream.standard.line("no files") }
            var table = TextTable(columns: [
                .init("job"), .init("attempt", .right), .init("bytes", .right), .init("sha256"), .init("file"), .init("", .free),
            ])
            table.rows = listed.map { file in
                let artifact = file.artifact
                return [
                    .init(file.jobID), .init("\(artifact.attempt)"), .init("\(artifact.sizeBytes)"), .init(String(artifact.sha256.prefix(12))),
                    .init(artifact.kind == .log ? "(\(artifact.path))" : artifact.path),
                    .init(artifact.available ? artifact.location ?? "" : "being uploaded"),
                ]
            }
            table.print()
        }
    }
}

struct ArtifactsDownloadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "download", abstract: "Download the files and logs of a batch, or of one job.",
        discussion: """
            Files go to DIR/JOB/output/…, logs to DIR/JOB/stdout.log and stderr.log. What is there already with the right \
            content is not fetched again, so that the same command goes on after an interruption.

            EXAMPLES:
              lynxctl artifacts download BATCH_ID --to results
              lynxctl artifacts download BATCH_ID --to results --parallel 16
            """)

    @Argument(help: ArgumentHelp("A batch or a job.", valueName: "id"))
    var id: String

    @Option(help: ArgumentHelp("The folder to put them into; made if it is missing.", valueName: "dir"))
    var to: String

    @Option(help: ArgumentHelp("How many files at a time.", valueName: "n"))
    var parallel = 4

    @OptionGroup var controlPlane: ControlPlaneOptions

    func validate() throws {
        if !(1...64).contains(parallel) { throw ValidationError("--parallel \(parallel) is out of range: it must be between 1 and 64.") }
        if to.isEmpty { throw ValidationError("--to needs the name of a folder.") }
    }

    func run() async throws {
        let signals = await Interrupts.trap()
        let signal = try await withThrowingTaskGroup(of: UnixSignal?.self) { group in
            group.addTask {
                try await download()
                return nil
            }
            group.addTask {
                for await signal in signals { return signal }
                // Cancelled, because the download has ended.
                try await Task.sleep(for: .seconds(3600))
                return nil
            }
            let first = try await group.next() ?? nil
            group.cancelAll()
            // What was being written is removed before this process ends.
            while let result = await group.nextResult() { _ = result }
            return first
        }
        if let signal {
            OutputStream.error.line("interrupted; the same command goes on from here")
            throw ExitCode(ExitStatus.signalled(signal.rawValue))
        }
    }

    private func download() async throws {
        try await controlPlane.withAPI { api in
            // An unknown id leaves no folder behind.
            _ = try await api.find(id)
            let folder = try DownloadFolder(path: to)
            let totals = try await Download(api: api, folder: folder, parallel: parallel, status: StatusOutput()).run { take in
                try await api.listArtifacts(of: id) { take($0.filter(\.artifact.available)) }
            }
            let present = totals.present > 0 ? ", \(totals.present) were there already" : ""
            OutputStream.standard.line("\(NumberText.count(totals.fetched, "file")), \(totals.bytes) bytes, in \(to)\(present)")
            guard totals.failures.isEmpty else {
                throw CLIError(
                    totals.failures.prefix(20) + ["\(NumberText.count(totals.failures.count, "file")) could not be downloaded"],
                    exitCode: ExitStatus.unavailable)
            }
        }
    }
}
