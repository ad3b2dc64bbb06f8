import ArgumentParser
import LynxCLI
import LynxModel

struct JobsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs", abstract: "List the jobs of a batch.",
        discussion: """
            EXAMPLES:
              lynxctl jobs BATCH_ID
              lynxctl jobs BATCH_ID --status Failed
              lynxctl jobs BATCH_ID --json | jq '.jobs[].run_config.parameters'
            """)

    @Argument(help: "The batch.")
    var batchID: String

    @Option(help: ArgumentHelp("Only jobs in this state: \(JobStatus.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "state"))
    var status: String?

    @OptionGroup var controlPlane: ControlPlaneOptions

    func run() async throws {
        let wanted = try status.map(Self.parse)
        try await controlPlane.withAPI { api in
            let jobs = try await api.jobs(of: batchID, status: wanted)
            guard !controlPlane.json else { return try JSONOutput.print(["jobs": jobs]) }
            guard !jobs.isEmpty else { return OutputStream.standard.line("no jobs") }
            let retried = jobs.contains { $0.attempt > 1 }
            var table = TextTable(columns: [.init("run", .right), .init("job"), .init("status")])
            if retried { table.columns.append(.init("attempt", .right)) }
            table.columns += [.init("runner"), .init("message", .free)]
            table.rows = jobs.map { job in
                var row: [TextTable.Cell] = [
                    .init(job.runConfig.nominal == true ? "nominal" : "\(job.runConfig.runIndex)"), .init(job.jobID), .init(job.status.rawValue, job.status.paint),
                ]
                if retried { row.append(.init("\(job.attempt)")) }
                return row + [.init(job.assignedRunner ?? "-"), .init(job.pendingReason ?? job.errorMessage ?? "")]
            }
            table.print()
        }
    }

    static func parse(_ text: String) throws -> JobStatus {
        guard let status = JobStatus.allCases.first(where: { $0.rawValue.lowercased() == text.lowercased() }) else {
            let names = JobStatus.allCases.map(\.rawValue).joined(separator: ", ")
            throw CLIError.badInput("--status \(text) is no state of a job: it is one of \(names)")
        }
        return status
    }
}
