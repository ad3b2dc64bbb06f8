import ArgumentParser
import LynxCLI
import LynxModel
import LynxTelemetry

struct TelemetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "telemetry", abstract: "Show the telemetry of a job, also while it runs, or of a whole batch as CSV.",
        discussion: """
            EXAMPLES:
              lynxctl telemetry JOB_ID
              lynxctl telemetry JOB_ID --variables orbit.radius_km --from 100 --to 200 --csv
              lynxctl telemetry JOB_ID --max-points 500 --json
              lynxctl telemetry BATCH_ID --csv > telemetry.csv
            """)

    @Argument(help: ArgumentHelp("A job, or with --csv a batch.", valueName: "id"))
    var id: String

    @Option(help: ArgumentHelp("Only these variables, separated by commas.", valueName: "names"))
    var variables: String?

    @Option(help: ArgumentHelp("From this simulated time on, in seconds.", valueName: "seconds"))
    var from: Double?

    @Option(help: ArgumentHelp("Up to this simulated time, in seconds.", valueName: "seconds"))
    var to: Double?

    @Option(help: ArgumentHelp("At most so many points of each variable (4 or more): its least and greatest stay.", valueName: "number"))
    var maxPoints: Int?

    @Flag(help: "Every point as a line of CSV: job_id,run_index,variable,units,time_s,value.")
    var csv = false

    @OptionGroup var controlPlane: ControlPlaneOptions

    func validate() throws {
        if let maxPoints, maxPoints < 4 { throw ValidationError("--max-points \(maxPoints) is too few: give 4 or more.") }
        if csv, controlPlane.json { throw ValidationError("--csv and --json exclude each other.") }
    }

    func run() async throws {
        let selection = TelemetrySelection(
            variables: variables.map { $0.unicodeScalars.split(separator: ",").map { String($0) } } ?? [], from: from, to: to, maxPoints: maxPoints)
        try await controlPlane.withAPI { api in
            switch try await api.find(id) {
            case .batch:
                guard csv else { throw CLIError.badInput("\(id) is a batch: give --csv to get its telemetry, or name one of its jobs") }
                try await api.telemetryCSV(of: id, selection) { part in
                    OutputStream.standard.write(part)
                    try OutputStream.standard.checkIsTaken()
                }
            case .job(let job):
                let telemetry = try await api.telemetry(of: id, selection)
                if csv {
                    show(rowsOf: telemetry, runIndex: job.runConfig.runIndex)
                } else if controlPlane.json {
                    try JSONOutput.print(telemetry)
                } else {
                    show(summaryOf: telemetry, status: job.status)
                }
            }
        }
    }

    private func show(rowsOf telemetry: JobTelemetry, runIndex: Int) {
        OutputStream.standard.write(TelemetryCSV.header)
        for (name, variable) in telemetry.variables.sorted(by: { $0.key < $1.key }) {
            let points = TelemetryAssembly.Points(units: variable.units, timeS: variable.timeS, values: variable.values)
            for part in TelemetryCSV.parts(of: points, name: name, jobID: telemetry.jobID, runIndex: runIndex) {
                OutputStream.standard.write(part)
            }
        }
    }

    /// While the job runs, of the points that have come; then of all samples of the run.
    private func show(summaryOf telemetry: JobTelemetry, status: JobStatus) {
        let output = OutputStream.standard
        output.line("job        \(telemetry.jobID)")
        output.line("status     \(status.rawValue), attempt \(telemetry.attempt)\(telemetry.complete ? "" : "; more may come")")
        guard !telemetry.variables.isEmpty else { return output.line("no telemetry") }
        output.line()
        var table = TextTable(columns: [
            .init("telemetry"), .init("samples", .right), .init("points", .right), .init("until", .right), .init("first", .right), .init("last", .right),
            .init("min", .right), .init("max", .right), .init("units"),
        ])
        func cell(_ value: Double?) -> TextTable.Cell { .init(value.map(NumberText.significant) ?? "-") }
        table.rows = telemetry.variables.sorted { $0.key < $1.key }.map { name, variable in
            let values = variable.values
            return [
                .init(name), .init(variable.count.map { "\($0)" } ?? "-"), .init("\(variable.points)"), cell(variable.timeS.last),
                cell(variable.first ?? values.first), cell(variable.last ?? values.last), cell(variable.min ?? values.min()),
                cell(variable.max ?? values.max()), .init(variable.units),
            ]
        }
        table.print()
    }
}
