import Foundation
import FoundationXML
import LynxCLI
import LynxModel
import TestSupport
import Testing

@Suite("Files for CI systems")
struct OutputFileTests {
    private static let nasty = "no <luck> & \"quotes\" ]]> \u{1}\u{B}\u{0} é 🚀 | `code` *x*,\r\n\tsecond \u{FFFE} line"

    private static func row(_ index: Int, _ status: JobStatus, _ message: String? = nil, value: Double? = nil, isNominal: Bool = false) -> RunRow {
        let config = RunConfiguration(
            jobID: "b-\(index)", batchID: "b", runIndex: index, seed: UInt64.max, simulation: SimulationSpec(name: "s"),
            parameters: ["mass": .number(1.5), "mode": .string("a,\"b\"")], units: [:], nominal: isNominal ? true : nil)
        var values = SummaryValues()
        if let value { values = SummaryValues(json: Data("{\"x|y\": \(value)}".utf8)) }
        let job = Job(
            jobID: "b-\(index)", batchID: "b", runConfig: config, status: status, maxRetries: 0, attempt: 1, timeoutSecs: 1,
            createdAt: Date(timeIntervalSince1970: 0), errorMessage: message)
        return RunRow(job: job, result: nil, values: values)
    }

    private static let batch = Batch(
        batchID: "b", name: nasty, status: .failed, totalJobs: 5, completedJobs: 3, failedJobs: 1, cancelledJobs: 1,
        createdAt: Date(timeIntervalSince1970: 0), seed: 1)
    private static let rows = [
        row(0, .completed, value: 1), row(1, .failed, nasty), row(2, .completed, value: 2), row(3, .completed, value: 6), row(4, .cancelled, nasty),
    ]

    @Test("JUnit is well-formed whatever a message holds, and says how each job ended") func junit() throws {
        let xml = JUnitReport.render(Self.batch, Self.rows)
        let document = Reader()
        let parser = XMLParser(data: Data(xml.utf8))
        parser.delegate = document
        #expect(parser.parse(), "\(String(describing: parser.parserError)): \(xml)")
        #expect(document.names.filter { $0 == "testcase" }.count == 5)
        #expect(document.names.filter { $0 == "failure" }.count == 1)
        #expect(document.names.filter { $0 == "skipped" }.count == 1)
        #expect(xml.contains(#"tests="5" failures="1" errors="0" skipped="1""#))
    }

    @Test("The nominal run is marked in every file, and no statistic counts it") func nominal() {
        let rows = [Self.row(5, .completed, value: 1000, isNominal: true)] + Self.rows
        let csv = ResultsCSV.render(rows).split(separator: "\r\n")
        #expect(csv[0].hasSuffix(",error_message,nominal") && csv[1].hasPrefix("5,b-5,") && csv[1].hasSuffix(",true"), "\(csv)")
        #expect(csv.last?.hasSuffix(",false") == true)
        #expect(JUnitReport.render(Self.batch, rows).contains(#"name="nominal run (b-5)""#))
        let overview = BatchOverview(batch: Self.batch, jobsByStatus: [.completed: 4, .failed: 1, .cancelled: 1], nominalRun: 5)
        let summary = MarkdownSummary.render(overview, rows)
        #expect(summary.contains("the nominal run among them") && summary.contains("### Values of the completed runs, without the nominal one"), "\(summary)")
        #expect(summary.contains(#"| x\|y | 3 | 3 | 2.64575 | 1 | 2 | 6 |"#), "\(summary)")
    }

    @Test("CSV quotes what needs it, and has a row for each run") func csv() {
        let csv = ResultsCSV.render(Self.rows)
        #expect(csv.hasPrefix("run,job_id,status,attempt,seed,execution_time_secs,parameter.mass,parameter.mode,value.x|y,error_message\r\n"))
        #expect(csv.contains("0,b-0,Completed,1,18446744073709551615,,1.5,\"a,\"\"b\"\"\",1.0,\r\n"))
        #expect(csv.contains("\"\"quotes\"\""))
    }

    @Test("CSV is read back by Python as it was, also with a combining mark after a quote, and holds nothing that a terminal obeys")
    func csvIsRead() async throws {
        let messages = ["\"\u{301}quoted", "<\u{338} \u{1B}[31m", "a,\"\u{308}\"\r\nb", "\r\n", "é", "e\u{301}"]
        let directory = try TemporaryDirectory()
        let path = try directory.write("runs.csv", ResultsCSV.render(messages.enumerated().map { Self.row($0, .failed, $1) }))
        let end = try await Program.run(
            Repository.python,
            ["-c", "import csv, json, sys; print(json.dumps([row['error_message'] for row in csv.DictReader(open(sys.argv[1], newline='', encoding='utf-8'))]))", path])
        let read = try JSONDecoder().decode([String].self, from: Data(end.output.utf8))
        let expected = ["\"\u{301}quoted", "<\u{338} ", "a,\"\u{308}\"\nb", "\n", "é", "e\u{301}"]
        #expect(read.map { Array($0.utf8) } == expected.map { Array($0.utf8) }, "\(end.errors)")
    }

    @Test("The summary is a table whatever a message holds, with statistics of the completed runs") func markdown() {
        let overview = BatchOverview(batch: Self.batch, jobsByStatus: [.completed: 3, .failed: 1, .cancelled: 1])
        let lines = MarkdownSummary.render(overview, Self.rows).split(separator: "\n")
        let failed = lines.filter { $0.hasPrefix("| 1 | `b-1`") }
        #expect(failed.count == 1)
        #expect(failed.first?.contains("<luck>") == false)
        #expect(lines.contains { $0.hasPrefix(#"| x\|y | 3 | 3 | 2.64575 | 1 | 2 | 6 |"#) }, "\(lines)")
    }

    @Test("Statistics of few numbers") func statistics() {
        #expect(SampleStatistics([]) == nil)
        #expect(SampleStatistics([4, 2])?.median == 3)
        #expect(SampleStatistics([4])?.standardDeviation.isNaN == true)
    }
}

private final class Reader: NSObject, XMLParserDelegate {
    var names: [String] = []

    func parser(
        _ parser: XMLParser, didStartElement elementName: String, namespaceURI: String?, qualifiedName qName: String?,
        attributes attributeDict: [String: String] = [:]
    ) { names.append(elementName) }
}
