import ArgumentParser
import LynxCLI
import LynxModel

struct EvaluateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate", abstract: "Judge a batch by requirements, on what is stored of its runs.",
        discussion: """
            Nothing is run, and the batch stays as it is. Without a file the requirements of the batch are judged. The exit
            code is 0 if all are met, and 1 if not.

            EXAMPLES:
              lynxctl evaluate BATCH_ID
              lynxctl evaluate BATCH_ID requirements.yaml
            """)

    @Argument(help: "The batch.")
    var batchID: String

    @Argument(help: ArgumentHelp("A YAML file with the field 'requirements'.", valueName: "requirements.yaml"))
    var file: String?

    @OptionGroup var controlPlane: ControlPlaneOptions

    func run() async throws {
        let requirements = try file.map(Self.read)
        let study = try await controlPlane.withAPI { api in
            if let requirements { return try await api.evaluate(batchID, by: requirements) }
            return try await api.verdicts(of: batchID)
        }
        let report = VerdictReport(study)
        if controlPlane.json {
            try JSONOutput.print(study)
        } else {
            let output = OutputStream.standard
            if study.verdicts.isEmpty { output.line("batch \(batchID) has no requirements; give a file with some") }
            for line in report.lines(terminal: Terminal.of(output.descriptor)) { output.line(line) }
        }
        guard report.areMet else { throw ExitCode(ExitStatus.jobsFailed) }
    }

    private static func read(_ path: String) throws -> [RequirementSpec] {
        do {
            return try RequirementSpec.read(yamlFile: path)
        } catch {
            throw CLIError(error)
        }
    }
}
