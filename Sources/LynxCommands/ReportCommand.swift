import ArgumentParser
import LynxCLI
import LynxModel
import PlainText

struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Report a study: verdicts, statistics, drivers, failures.",
        discussion: """
            EXAMPLES:
              lynxctl report BATCH_ID
              lynxctl report BATCH_ID --html report.html
              lynxctl report BATCH_ID --ellipse east_m,north_m
            """)

    @Argument(help: "The batch.")
    var batchID: String

    @Option(help: ArgumentHelp("Write the report as one self-contained page instead.", valueName: "file"))
    var html: String?

    @Option(help: ArgumentHelp(
        "Show the dispersion ellipses of two outputs; may be repeated. A page has, without it, those of outputs that share their units.",
        valueName: "output,output"))
    var ellipse: [String] = []

    @OptionGroup var controlPlane: ControlPlaneOptions

    func validate() throws {
        for pair in ellipse where Self.names(pair) == nil {
            throw ValidationError("--ellipse is '\(PlainText.line(pair))'; give the names of two outputs with a comma between them, such as east_m,north_m")
        }
    }

    /// Nil for what are not two names.
    private static func names(_ pair: String) -> (String, String)? {
        let names = pair.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map { String(Substring($0)) }
        guard names.count == 2, !names[0].isEmpty, !names[1].isEmpty else { return nil }
        return (names[0], names[1])
    }

    /// As the API takes them.
    private var pairs: String? {
        guard ellipse.isEmpty else { return ellipse.compactMap(Self.names).map { "\($0):\($1)" }.joined(separator: ",") }
        return html == nil ? nil : EllipsePairs.sharedUnitsWord
    }

    func run() async throws {
        if let html { try OutputFile.check(html) }
        try await controlPlane.withAPI { api in
            let report = try await StudyReport.fetch(batchID, pairs: pairs, from: api)
            if controlPlane.json { return try JSONOutput.print(report) }
            if let html {
                try OutputFile.replace(html, with: ReportPage(report: report).html())
                OutputStream.error.line("report of batch \(batchID) in \(html)")
            } else {
                for line in ReportText(report: report).lines(terminal: Terminal.of(OutputStream.standard.descriptor)) { OutputStream.standard.line(line) }
            }
        }
    }
}
