import ArgumentParser
import FoundationEssentials
import LynxCLI
import LynxModel

/// Files that are written when a batch has ended, for CI systems and spreadsheets.
struct OutputFileOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Write a JUnit file: one test case for each requirement and each job.", valueName: "xml-file"))
    var junit: String?

    @Option(help: ArgumentHelp("Append a summary in Markdown, as $GITHUB_STEP_SUMMARY takes it.", valueName: "md-file"))
    var summary: String?

    @Option(help: ArgumentHelp("Write the results table: a row for each run.", valueName: "csv-file"))
    var results: String?

    var areWanted: Bool { junit != nil || summary != nil || results != nil }

    /// Before a batch is run for hours: whether the files can be written at all. None is made before its time.
    func check() throws {
        for (option, path) in [("--junit", junit), ("--summary", summary), ("--results", results)] {
            guard let path else { continue }
            do { try OutputFile.check(path) } catch { throw CLIError.badInput("\(option): \(CLIError(wrapping: error).lines.joined())") }
        }
    }

    func write(_ results: BatchResults) throws {
        guard areWanted else { return }
        let rows = RunRow.assemble(jobs: results.jobs, results: results.results)
        if let junit { try OutputFile.replace(junit, with: JUnitReport.render(results.batch, rows, verdicts: results.verdicts?.verdicts ?? [])) }
        if let summary { try OutputFile.append(MarkdownSummary.render(results.overview, rows, verdicts: results.verdicts?.verdicts ?? []), to: summary) }
        if let csv = self.results { try OutputFile.replace(csv, with: ResultsCSV.render(rows)) }
    }
}
