import LynxDocument

/// Telemetry in long format, one row for each point, as RFC 4180 has it: CRLF, and quotes where they are needed.
package enum TelemetryCSV {
    package static let header = "job_id,run_index,variable,units,time_s,value\r\n"

    /// The rows of one series, in parts of some ten kilobytes.
    package static func parts(
        of points: TelemetryAssembly.Points, name: String, jobID: String, runIndex: Int
    ) -> some Sequence<String> {
        let prefix = "\(CSVText.field(jobID)),\(runIndex),\(CSVText.field(name)),\(CSVText.field(points.units)),"
        let rows = 1000
        return stride(from: 0, to: points.values.count, by: rows).lazy.map { start in
            // Swift writes the shortest decimal that reads back as the same double.
            (start..<min(start + rows, points.values.count)).reduce(into: "") { $0 += "\(prefix)\(points.timeS[$1]),\(points.values[$1])\r\n" }
        }
    }
}
