import ArgumentParser
import LynxCLI
import LynxModel
import NIOCore

struct ResultsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "results", abstract: "Show the results of a batch, or of one job.",
        discussion: """
            EXAMPLES:
              lynxctl results BATCH_ID
              lynxctl results BATCH_ID --all | less
              lynxctl results BATCH_ID --arrow runs.arrows
              lynxctl results JOB_ID --json | jq .telemetry_data
            """)

    @Argument(help: ArgumentHelp("A batch or a job.", valueName: "id"))
    var id: String

    @Flag(help: "Every run and every file, however many.")
    var all = false

    @Option(help: ArgumentHelp("Write a batch's runs to a file instead, a row for each, as an Arrow stream.", valueName: "file"))
    var arrow: String?

    @OptionGroup var controlPlane: ControlPlaneOptions

    func validate() throws {
        if arrow != nil, controlPlane.json { throw ValidationError("--arrow and --json exclude each other.") }
        if arrow != nil, all { throw ValidationError("--arrow writes every run; leave out --all.") }
    }

    func run() async throws {
        try arrow.map { try OutputFile.check($0) }
        try await controlPlane.withAPI { api in
            switch try await api.find(id) {
            case .batch where arrow != nil:
                try await OutputFile.replace(arrow!) { write in
                    try await api.arrowTable(of: id) { part in try part.withUnsafeReadableBytes { try write($0) } }
                }
            case .job where arrow != nil: throw CLIError.badInput("\(id) is a job; --arrow writes the runs of a batch")
            case .batch:
                let results = try await BatchResults.fetch(id, from: api, samples: controlPlane.json)
                try ResultsOutput.print(results, json: controlPlane.json, showAll: all, howToSeeAll: "lynxctl results \(id) --all")
                if results.verdicts != nil, results.exitStatus != ExitStatus.success { throw ExitCode(results.exitStatus) }
            case .job(let job): try await show(job, from: api)
            }
        }
    }

    private func show(_ job: Job, from api: APIClient) async throws {
        let result = try await api.result(of: id)
        guard !controlPlane.json else { return try JSONOutput.print(result) }
        let output = OutputStream.standard
        output.line("job        \(job.jobID), run \(job.runConfig.runIndex) of batch \(job.batchID)")
        output.line("status     \(job.status.rawValue), attempt \(result.metadata.attempt)")
        if let message = job.errorMessage ?? result.errorMessage { output.line("message    \(message)") }
        output.line("seconds    \(NumberText.fixed(result.executionTimeSecs, digits: 2))")
        if let directory = result.metadata.directory { output.line("directory  \(directory)") }
        for warning in result.metadata.warnings { output.line("warning    \(warning)") }
        if !result.artifacts.isEmpty {
            output.line()
            var table = TextTable(columns: [.init("bytes", .right), .init("sha256"), .init("file")])
            table.rows = result.artifacts.map { [.init("\($0.sizeBytes)"), .init(String($0.sha256.prefix(12))), .init($0.path)] }
            table.print()
        }
        if !result.telemetryData.isEmpty {
            output.line()
            var table = TextTable(columns: [
                .init("telemetry"), .init("samples", .right), .init("first", .right), .init("last", .right), .init("min", .right),
                .init("max", .right), .init("units"),
            ])
            func cell(_ value: Double?) -> TextTable.Cell { .init(value.map(NumberText.significant) ?? "-") }
            table.rows = result.telemetryData.sorted { $0.key < $1.key }.map { name, series in
                [
                    .init(name), .init("\(series.count)"), cell(series.first), cell(series.last), cell(series.min), cell(series.max),
                    .init(series.units),
                ]
            }
            table.print()
        }
    }
}
