import Foundation
import LynxCLI
import LynxModel
import Testing

@Suite("Verdicts and comparisons, for people and for CI systems")
struct VerdictReportTests {
    private let pipe = Terminal(redraws: false, columns: nil, colour: false, unicode: true)

    private func verdict(_ name: String, _ verdict: VerdictName, explanation: String = "why", isApproximate: Bool = false) -> RequirementVerdict {
        RequirementVerdict(
            name: name, statement: "miss_m < 10 m", probability: 0.9973, confidence: 0.9, verdict: verdict, runs: 22, failures: 0, missing: 0,
            lowerBound: 0.9, upperBound: 1, runsStillNeeded: nil, firstFailures: [], rule: "a fixed plan of 22 runs",
            isApproximate: isApproximate, explanation: explanation)
    }

    private func study(_ verdicts: [RequirementVerdict], stopped: String? = nil) -> StudyVerdicts {
        StudyVerdicts(batchID: "b", totalRuns: 22, endedRuns: 22, verdicts: verdicts, stopReason: stopped)
    }

    private var batch: Batch {
        Batch(batchID: "b", name: "n", status: .completed, totalJobs: 0, createdAt: Date(timeIntervalSince1970: 0), seed: 1)
    }

    @Test("Each verdict is a line with what it is about, and one that explains it")
    func verdicts() {
        let report = VerdictReport(
            study([verdict("near", .met), verdict("far away", .undecided, isApproximate: true), verdict("w", .notMet)], stopped: "decided"))
        #expect(
            report.lines(terminal: pipe) == [
                "MET        near      miss_m < 10 m in 99.73 % of runs", "           why",
                "UNDECIDED  far away  miss_m < 10 m in 99.73 % of runs", "           why (approximate: the runs are not independent)",
                "NOT MET    w         miss_m < 10 m in 99.73 % of runs", "           why", "stopped early: decided",
            ])
        #expect(!report.areMet && VerdictReport(study([verdict("a", .met)])).areMet)
        #expect(VerdictReport(study([])).lines(terminal: pipe) == [] && VerdictReport(study([])).areMet)
    }

    @Test("In a terminal a verdict has its colour, and a name cannot move the cursor")
    func colour() {
        let terminal = Terminal(redraws: true, columns: 200, colour: true, unicode: true)
        let lines = VerdictReport(study([verdict("a\u{1B}[2J", .notMet)])).lines(terminal: terminal)
        #expect(lines[0].hasPrefix(terminal.paint("NOT MET  ", .red)) && !lines[0].contains("\u{1B}[2J"))
    }

    @Test("JUnit has a case for each requirement before those of runs, and all but MET are failures")
    func junit() {
        let xml = JUnitReport.render(
            batch, [], verdicts: [verdict("a<b", .met), verdict("c", .undecided, explanation: "1 < 2"), verdict("d", .notMet)])
        #expect(xml.contains(#"tests="3" failures="2" errors="0""#))
        #expect(xml.contains(#"    <testcase name="requirement a&lt;b" classname="n" time="0"/>"#))
        #expect(xml.contains(#"<failure message="UNDECIDED: 1 &lt; 2" type="requirement">miss_m &lt; 10 m</failure>"#))
        #expect(xml.contains(#"<failure message="NOT MET: why" type="requirement">"#))
    }

    @Test("Markdown shows verdicts in a table, and its mark is that of the verdicts")
    func markdown() {
        func lines(_ verdicts: [RequirementVerdict], _ status: BatchStatus) -> [Substring] {
            var batch = batch
            batch.status = status
            return MarkdownSummary.render(BatchOverview(batch: batch, jobsByStatus: [:]), [], verdicts: verdicts).split(separator: "\n")
        }
        let unmet = lines([verdict("a|b", .notMet)], .completed)
        #expect(unmet[0] == "## ❌ n: Completed")
        #expect(unmet.contains { $0.hasPrefix("| NOT MET | a\\|b | ") && $0.hasSuffix(" in 99.73 % of runs | why |") }, "\(unmet)")
        // A batch that was ended early counts as cancelled, and is as good as its verdicts.
        #expect(lines([verdict("a", .met)], .cancelled)[0] == "## ✅ n: Cancelled")
        #expect(lines([], .cancelled)[0] == "## ❌ n: Cancelled")
    }

    private var paired: StudyComparison {
        StudyComparison(
            firstBatchID: "before", secondBatchID: "after", isPaired: true, unpairedReason: nil, pairs: 30,
            requirements: [
                RequirementChange(
                    name: "near", statement: "miss_m < 10 m", firstFailures: 1, secondFailures: 25, firstRuns: 30, secondRuns: 30,
                    newlyFailing: Array(0..<25), newlyPassing: [29], missing: 2, pValue: 0.5, shareDifference: nil),
                RequirementChange(
                    name: "whole", statement: "no breach", firstFailures: 0, secondFailures: 0, firstRuns: 30, secondRuns: 30,
                    newlyFailing: [], newlyPassing: [], missing: 0, pValue: 1, shareDifference: nil),
            ],
            outputs: [
                OutputChange(
                    name: "miss_m", units: "m", pairs: 30, changed: 2, meanDifference: Estimate(value: 1.5, low: 1, high: 2),
                    largest: [.init(run: 7, first: 1, second: 12)], distance: nil, pValue: nil)
            ])
    }

    @Test("A comparison names the runs that newly fail, the first twenty of many, and the outputs that changed")
    func comparison() {
        let lines = ComparisonReport(paired).lines(terminal: pipe)
        #expect(lines[0] == "before → after" && lines[1] == "30 runs of both, compared one by one")
        #expect(lines[3] == "worse  near: miss_m < 10 m" && lines[4] == "       1 of 30 → 25 failures of 30, p = 0.5")
        #expect(lines[5] == "       newly failing: \((0..<20).map(String.init).joined(separator: ", ")) and 5 more")
        #expect(lines[6] == "       newly passing: run 29" && lines[7] == "       2 pairs without an answer")
        #expect(lines[8] == "same   whole: no breach")
        #expect(lines.last?.contains("run 7: 1 → 12") == true && lines.last?.contains("2 of 30") == true)
    }

    @Test("Without pairs a comparison says why, and shows how the shares differ")
    func unpaired() {
        var comparison = paired
        comparison.isPaired = false
        comparison.unpairedReason = "the batches have different seeds"
        comparison.requirements = [
            RequirementChange(
                name: "near", statement: "miss_m < 10 m", firstFailures: 1, secondFailures: 4, firstRuns: 30, secondRuns: 40,
                newlyFailing: [], newlyPassing: [], missing: 0, pValue: nil, shareDifference: Estimate(value: -0.0625, low: -0.125, high: 0.5))
        ]
        comparison.outputs = []
        var lines = ComparisonReport(comparison).lines(terminal: pipe)
        #expect(lines[1] == "not compared run by run: the batches have different seeds")
        #expect(lines[4] == "       1 of 30 → 4 failures of 40, -6.25 % (-12.5 % to +50 %) of runs pass")
        #expect(lines[3] == "same   near: miss_m < 10 m" && !comparison.hasRegression)
        // Only an interval without 0 tells of a change.
        comparison.requirements[0].shareDifference = Estimate(value: -0.0625, low: -0.125, high: -0.03125)
        lines = ComparisonReport(comparison).lines(terminal: pipe)
        #expect(lines[3] == "worse  near: miss_m < 10 m" && comparison.hasRegression)
        #expect(JUnitReport.render(comparison).contains(#"message="-6.25 % (-12.5 % to -3.125 %) of runs pass" type="regression""#))
        comparison.requirements[0].shareDifference = Estimate(value: 0.0625, low: 0.03125, high: 0.125)
        #expect(ComparisonReport(comparison).lines(terminal: pipe)[3] == "better near: miss_m < 10 m")
    }

    @Test("A comparison says in what the code of the batches differs, and where the runs of one batch do")
    func code() {
        var comparison = paired
        let (old, new) = (String(repeating: "a1", count: 32), String(repeating: "b2", count: 32))
        comparison.code = CodeComparison(differences: [], firstUnknown: 0, secondUnknown: 0)
        #expect(ComparisonReport(comparison).lines(terminal: pipe)[2] == "made with the same code")
        comparison.code = CodeComparison(
            differences: [
                CodeDifference(part: "basilisk_entrypoint", first: [.init(value: old, runs: 30)], second: [.init(value: new, runs: 20), .init(value: old, runs: 10)]),
                CodeDifference(part: "px4_binary", first: [], second: [.init(value: new, runs: 30)]),
            ], firstUnknown: 0, secondUnknown: 1)
        let lines = ComparisonReport(comparison).lines(terminal: pipe)
        #expect(
            Array(lines[2...6]) == [
                "made with different code  first         second",
                "basilisk_entrypoint       a1a1a1a1a1a1  b2b2b2b2b2b2 (20 runs), a1a1a1a1a1a1 (10 runs)",
                "px4_binary                -             b2b2b2b2b2b2",
                "the runs of the second batch were not all made with the same basilisk_entrypoint",
                "of 1 run of the second batch the runner does not tell the files it was made with",
            ])
    }

    @Test("JUnit of a comparison fails what newly fails, with every run of it")
    func comparisonJUnit() {
        let xml = JUnitReport.render(paired)
        #expect(xml.contains(#"<testsuites name="before to after" tests="2" failures="1" errors="0">"#))
        #expect(xml.contains(#"type="regression">\#((0..<25).map(String.init).joined(separator: ", "))</failure>"#))
        #expect(xml.contains(#"<testcase name="requirement whole" classname="before to after" time="0"/>"#))
        #expect(paired.hasRegression)
    }
}
