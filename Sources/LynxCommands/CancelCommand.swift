import ArgumentParser
import LynxCLI
import LynxModel

struct CancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Cancel a batch, or one job; what runs is killed.",
        discussion: """
            EXAMPLES:
              lynxctl cancel BATCH_ID
              lynxctl cancel JOB_ID
            """)

    @Argument(help: ArgumentHelp("A batch or a job.", valueName: "id"))
    var id: String

    @OptionGroup var controlPlane: ControlPlaneOptions

    func run() async throws {
        try await controlPlane.withAPI { api in
            switch try await api.find(id) {
            case .batch:
                let overview = try await api.call(.cancelBatch, [.batch: id])
                guard !controlPlane.json else { return try JSONOutput.print(overview) }
                let left = overview.batch.totalJobs - overview.batch.completedJobs - overview.batch.failedJobs
                    - overview.batch.cancelledJobs
                let rest = left > 0 ? ", \(left) are being stopped" : ""
                OutputStream.standard.line(
                    "batch \(id): \(NumberText.count(overview.batch.cancelledJobs, "job")) cancelled, "
                        + "\(overview.batch.completedJobs) had completed\(rest)")
            case .job:
                let job = try await api.call(.cancelJob, [.job: id])
                guard !controlPlane.json else { return try JSONOutput.print(job) }
                OutputStream.standard.line("job \(id): \(job.status.isTerminal ? job.status.rawValue : "is being stopped")")
            }
        }
    }
}
