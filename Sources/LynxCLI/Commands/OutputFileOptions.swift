import ArgumentParser
import FoundationEssentials
import Glibc
import LynxModel

/// Files that are written when a batch has ended, for CI systems and spreadsheets.
struct OutputFileOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Write a JUnit file: one test case for each job.", valueName: "xml-file"))
    var junit: String?

    @Option(help: ArgumentHelp("Append a summary in Markdown, as $GITHUB_STEP_SUMMARY takes it.", valueName: "md-file"))
    var summary: String?

    @Option(help: ArgumentHelp("Write the results table: a row for each run.", valueName: "csv-file"))
    var results: String?

    var areWanted: Bool { junit != nil || summary != nil || results != nil }

    /// Before a batch is run for hours: whether the files can be written at all.
    func check() throws {
        for (option, path) in [("--junit", junit), ("--summary", summary), ("--results", results)] {
            guard let path else { continue }
            let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
            guard descriptor >= 0 else { throw CLIError.badInput("cannot write \(option) \(path): \(SystemError.text(errno))") }
            close(descriptor)
        }
    }

    func write(_ results: BatchResults) throws {
        guard areWanted else { return }
        let rows = RunRow.assemble(jobs: results.jobs, results: results.results)
        if let junit { try Self.write(JUnitReport.render(results.batch, rows), to: junit, flags: O_TRUNC) }
        if let summary { try Self.write(MarkdownSummary.render(results.overview, rows), to: summary, flags: O_APPEND) }
        if let csv = self.results { try Self.write(ResultsCSV.render(rows), to: csv, flags: O_TRUNC) }
    }

    private static func write(_ text: String, to path: String, flags: Int32) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0o644)
        guard descriptor >= 0 else { throw CLIError.unavailable("cannot write \(path): \(SystemError.text(errno))") }
        defer { close(descriptor) }
        let output = OutputStream(descriptor: descriptor)
        output.write(text)
        if output.isClosed { throw CLIError.unavailable("cannot write \(path) to its end") }
    }
}
