import ArgumentParser
import LynxCLI
import LynxModel
import NIOCore

struct LogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "Print what the simulation of a job printed.",
        discussion: """
            EXAMPLES:
              lynxctl logs JOB_ID
              lynxctl logs JOB_ID --stderr --attempt 1

            A terminal is shown the text without what would command it; files and pipes get every byte.
            """)

    @Argument(help: "The job.")
    var jobID: String

    @Flag(help: "Standard error, instead of standard output.")
    var stderr = false

    @Flag(help: "What installing the requirements of its bundle and building it printed.")
    var build = false

    @Option(help: ArgumentHelp("Of this attempt, instead of the latest.", valueName: "n"))
    var attempt: Int?

    @OptionGroup var controlPlane: ControlPlaneOptions

    func validate() throws {
        if stderr, build { throw ValidationError("--stderr and --build are two logs; give one of them.") }
    }

    func run() async throws {
        try await controlPlane.withAPI { api in
            let stream = build ? LogStream.build : stderr ? .stderr : .stdout
            let output = OutputStream.standard
            var lines = Terminal.of(output.descriptor).columns == nil ? nil : LineBuffer()
            try await api.download(.log, [.job: jobID, .logStream: stream.rawValue, .attempt: attempt]) { piece in
                if lines == nil {
                    output.write(piece)
                } else {
                    lines?.feed(piece.readableBytesView) { output.line($0) }
                }
                try output.checkIsTaken()
            }
            lines?.finish { output.line($0) }
        }
    }
}
