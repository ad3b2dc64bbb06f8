import FoundationEssentials
import LynxModel
import LynxTelemetry

/// A job's result as stored: its JSON without the telemetry's samples, which are chunks of their own. Every table and
/// progress bar reads it, without decoding it.
struct StoredResult: Sendable {
    let summary: String

    init(_ result: JobResult) throws {
        var brief = result
        brief.telemetryData = result.telemetryData.mapValues { series in
            var series = series
            series.timeS = []
            series.values = []
            return series
        }
        summary = String(decoding: try WireJSON.encode(brief), as: UTF8.self)
    }

    /// The columns of `SQL.saveResult`, from `summary` on.
    var values: [LedgerValue] { [.text(summary), .int(0), .null] }

    /// The result's JSON, from a row of `results`.
    static func document(_ row: LedgerRow, batchID: String, detail: ResultDetail, _ connection: any LedgerConnection) throws -> Data {
        let summary = Data(try row.text("summary").utf8)
        if detail == .summary { return summary }
        if let whole = try whole(row) { return whole }
        return try connection.document(
            summary, JobKey(batchID: batchID, runIndex: try row.int("run_index")), attempt: try row.int("attempt"))
    }

    /// What versions of the ledger before 4 stored beside the summary: the JSON of the whole, compressed.
    static func whole(_ row: LedgerRow) throws -> Data? {
        guard let document = try row.blob("document") else { return nil }
        let size = try row.int("document_bytes")
        do throws(DeflateError) {
            return try Deflate.expand(document, to: size)
        } catch {
            throw StorageError.unexpected("a stored result: \(error)")
        }
    }
}
