import FoundationEssentials
import LynxModel

/// How much of a result is asked for.
enum ResultDetail: String, CaseIterable {
    case full
    /// Without the samples of the telemetry; their count, first, last, minimum and maximum are there.
    case summary
}

/// A job's result as stored: a summary without the telemetry's samples, read by every table and progress bar,
/// and beside it, if there are samples, the whole as compressed JSON. Reading either needs no decoding of JSON.
struct StoredResult: Sendable {
    let summary: String
    let documentBytes: Int
    let document: Data?

    init(_ result: JobResult) throws {
        var brief = result
        brief.telemetryData = result.telemetryData.mapValues { series in
            var series = series
            series.timeS = []
            series.values = []
            return series
        }
        summary = String(decoding: try WireJSON.encode(brief), as: UTF8.self)
        if brief == result {
            documentBytes = 0
            document = nil
        } else {
            let json = try WireJSON.encode(result)
            documentBytes = json.count
            document = try Deflate.compress(json)
        }
    }

    /// The columns of `SQL.saveResult`, from `summary` on.
    var values: [LedgerValue] { [.text(summary), .int(documentBytes), .blob(document)] }

    /// The result's JSON, from a row of `results`.
    static func document(_ row: LedgerRow, detail: ResultDetail) throws -> Data {
        if detail == .full, let document = try row.blob("document") {
            return try Deflate.expand(document, to: try row.int("document_bytes"))
        }
        return Data(try row.text("summary").utf8)
    }
}
