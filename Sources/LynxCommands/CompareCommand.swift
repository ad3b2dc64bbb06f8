import ArgumentParser
import LynxCLI
import LynxModel
import PlainText

struct CompareCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare", abstract: "Show what changed from one study to another.",
        discussion: """
            Batches with the same seed and dispersions are compared run by run; others as two samples.

            EXAMPLES:
              lynxctl compare BEFORE AFTER
              lynxctl compare BEFORE AFTER --fail-on regression --junit changes.xml
            """)

    enum Failure: String, ExpressibleByArgument, CaseIterable {
        /// A run fails that passed before; without pairs, fewer runs pass.
        case regression
    }

    @Argument(help: "The batch of before.")
    var first: String

    @Argument(help: "The batch of after.")
    var second: String

    @Option(help: "Exit with 1 if a run fails a requirement that it satisfied before, or without pairs, if fewer runs pass.")
    var failOn: Failure?

    @Option(help: ArgumentHelp("Write a JUnit file: one test case for each requirement.", valueName: "xml-file"))
    var junit: String?

    @OptionGroup var controlPlane: ControlPlaneOptions

    func run() async throws {
        if let junit { try OutputFile.check(junit) }
        let comparison = try await controlPlane.withAPI { try await $0.comparison(of: first, with: second) }
        if let junit { try OutputFile.replace(junit, with: JUnitReport.render(comparison)) }
        if controlPlane.json {
            try JSONOutput.print(comparison)
        } else {
            for line in ComparisonReport(comparison).lines(terminal: Terminal.of(OutputStream.standard.descriptor)) { OutputStream.standard.line(line) }
        }
        if failOn == .regression, comparison.hasRegression { throw ExitCode(ExitStatus.jobsFailed) }
    }
}
