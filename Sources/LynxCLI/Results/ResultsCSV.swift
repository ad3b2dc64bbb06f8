import LynxDocument
import LynxModel
import PlainText

/// The results table as CSV (RFC 4180): a row for each run, with its parameters and its summary values.
package enum ResultsCSV {
    package static func render(_ rows: [RunRow]) -> String {
        let parameters = Set(rows.flatMap(\.job.runConfig.parameters.keys)).sorted()
        var values: [String] = []
        for name in rows.flatMap(\.values.names) where !values.contains(name) { values.append(name) }
        var table = [["run", "job_id", "status", "attempt", "seed", "execution_time_secs"]]
        table[0] += parameters.map { "parameter.\($0)" } + values.map { "value.\(PlainText.line($0))" } + ["error_message"]
        let hasNominal = rows.nominal != nil
        if hasNominal { table[0].append("nominal") }
        for row in rows {
            var cells = ["\(row.runIndex)", row.job.jobID, row.job.status.rawValue, "\(row.job.attempt)", row.job.runConfig.seedDecimal]
            cells.append(row.result.map { "\($0.executionTimeSecs)" } ?? "")
            cells += parameters.map { row.job.runConfig.parameters[$0].map(Self.text) ?? "" }
            cells += values.map { row.values.numbers[$0].map(NumberText.exact) ?? "" }
            cells.append(PlainText.lines(row.job.errorMessage ?? row.result?.errorMessage ?? ""))
            if hasNominal { cells.append("\(row.isNominal)") }
            table.append(cells)
        }
        return table.map { $0.map(CSVText.field).joined(separator: ",") + "\r\n" }.joined()
    }

    static func text(_ value: ParameterValue) -> String {
        switch value {
        case .integer(let value): "\(value)"
        case .number(let value): NumberText.exact(value)
        case .string(let value): value
        case .bool(let value): "\(value)"
        }
    }
}
