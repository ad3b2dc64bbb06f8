import ArgumentParser
import LynxModel

struct LogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "Print what the simulation of a job printed.",
        discussion: """
            EXAMPLES:
              lynxctl logs JOB_ID
              lynxctl logs JOB_ID --stderr --attempt 1
            """)

    @Argument(help: "The job.")
    var jobID: String

    @Flag(help: "Standard error, instead of standard output.")
    var stderr = false

    @Option(help: ArgumentHelp("Of this attempt, instead of the latest.", valueName: "n"))
    var attempt: Int?

    @OptionGroup var controlPlane: ControlPlaneOptions

    func run() async throws {
        try await controlPlane.withAPI { api in
            let query = attempt.map { "?attempt=\($0)" } ?? ""
            let output = OutputStream.standard
            try await api.download("/jobs/\(api.escaped(jobID))/logs/\(stderr ? "stderr" : "stdout")\(query)") { piece in
                output.write(piece)
            }
        }
    }
}
