package import LynxModel
import PlainText

/// One run as the results table shows it: the job, its result when there is one, and its summary values.
package struct RunRow: Sendable {
    package var job: Job
    package var result: JobResult?
    /// By name, such as `final_radius_km`.
    package var values: SummaryValues

    package init(job: Job, result: JobResult?, values: SummaryValues) {
        self.job = job
        self.result = result
        self.values = values
    }

    /// Whether it is the run with every parameter at its nominal.
    package var isNominal: Bool { job.runConfig.nominal == true }

    package var runIndex: Int { job.runConfig.runIndex }

    /// What it is called where it is told of: `run 7`, `nominal run`.
    package var name: String { isNominal ? "nominal run" : "run \(runIndex)" }

    /// Its first line, fit for a terminal; what follows, such as the end of stderr, is in the result.
    package var message: String? {
        let text = PlainText.lines(job.errorMessage ?? result?.errorMessage ?? "")
        return text.utf8.split(separator: UInt8(ascii: "\n")).first.flatMap { String($0) }
    }

    /// Absolute paths on the runner's machine.
    package var files: [String] { result?.outputFiles ?? [] }

    /// The rows of a batch in the order of their run indices, with the nominal one before them. Summaries are read where the runner is this machine.
    package static func assemble(jobs: [Job], results: [JobResult]) -> [RunRow] {
        let byJob = Dictionary(results.map { ($0.jobID, $0) }, uniquingKeysWith: { _, last in last })
        let rows = jobs.map { job in
            let result = byJob[job.jobID]
            return RunRow(job: job, result: result, values: result.map(SummaryValues.of) ?? SummaryValues())
        }
        return rows.sorted { ($0.isNominal ? -1 : $0.runIndex) < ($1.isNominal ? -1 : $1.runIndex) }
    }
}

extension [RunRow] {
    /// The runs of the sample, to which the nominal one does not belong.
    package var sample: [RunRow] { filter { !$0.isNominal } }

    /// Nil if there is none among them.
    package var nominal: RunRow? { first(where: \.isNominal) }
}
