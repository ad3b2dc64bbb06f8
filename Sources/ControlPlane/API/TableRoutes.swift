import ArrowIPC
import Foundation
import HTTPTypes
import Hummingbird
import LynxModel
import NIOCore

/// What is read over all runs of a batch, in columns.
extension API {
    var tableRoutes: [Route] { [raw(.batchTable, batchTable)] }

    /// Sent part by part as it is read.
    @Sendable private func batchTable(_ request: Request, _ context: APIContext) async throws -> Response {
        let format = try TableFormat(accept: request.headers[.accept])
        let batchID = try context.id(.batch)
        // Before the rows: what ends meanwhile is among them, and once more among those of the next call.
        let ended = try await ledger.ended(batchID: batchID, after: try request.integer(.endedAfter))
        let catalogue = try await ledger.runCatalogue(batchID: batchID)
        var query = try request.runTableQuery(catalogue)
        query.only = ended.runs
        let table = RunTable(catalogue: catalogue, query: query)
        var response = Response.table(table.schema, format) { [ledger] write in
            try await table.forEachPart(ledger, write)
        }
        response.headers[.lynxEnded] = "\(ended.last)"
        return response
    }
}

extension Response {
    /// A table that is sent while it is made.
    ///
    /// - Parameter body: hands the columns of each part to its argument.
    static func table(
        _ schema: ArrowSchema, _ format: TableFormat,
        _ body: @escaping @Sendable (_ write: ([ArrowColumn]) async throws -> Void) async throws -> Void
    ) -> Response {
        let responseBody = ResponseBody { writer in
            var table = TableWriter(schema, format)
            try await writer.write(ByteBuffer(bytes: table.head()))
            try await body { columns in
                let bytes = table.part(columns)
                if !bytes.isEmpty { try await writer.write(ByteBuffer(bytes: bytes)) }
            }
            let tail = table.tail()
            if !tail.isEmpty { try await writer.write(ByteBuffer(bytes: tail)) }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: [.contentType: format.contentType, .vary: "Accept"], body: responseBody)
    }
}

extension Request {
    /// `first_run` and `runs`, as far as the batch has them.
    func runRange(total: Int) throws -> Range<Int> {
        let first = min(try integer(.firstRun) ?? 0, total)
        let count = try integer(.runCount) ?? total
        return first..<(count < total - first ? first + count : total)
    }

    fileprivate func runTableQuery(_ catalogue: RunCatalogue) throws -> RunTableQuery {
        let columns = try text(.columns).map { try Self.columns($0, of: catalogue) } ?? Array(catalogue.columns.indices)
        let order = try text(.order).map { text in
            let isDescending = text.utf8.first == UInt8(ascii: "-")
            let name = String(text.unicodeScalars.dropFirst(isDescending ? 1 : 0))
            return RowOrder(column: try catalogue.place(of: name, in: .order), isDescending: isDescending)
        }
        return RunTableQuery(
            columns: columns, status: try choice(.jobStatus), runs: try runRange(total: catalogue.total),
            condition: try formText(.where).map { try RowConditionParser.parse($0, catalogue) }, order: order)
    }

    /// A parameter as forms encode it (WHATWG URL, 5.1): a plus is a space, as Python's urlencode and newer curls write it.
    private func formText(_ parameter: EndpointParameter) -> String? {
        let part = (uri.query ?? "").split(separator: "&").first { $0.prefix { $0 != "=" } == parameter.name }
        guard let value = part?.drop(while: { $0 != "=" }).dropFirst() else { return nil }
        let spaced = String(value).replacing("+", with: " ")
        return spaced.removingPercentEncoding ?? spaced
    }

    /// - Parameter list: names separated by commas, each once; one that ends in `*` stands for all that begin so.
    private static func columns(_ list: String, of catalogue: RunCatalogue) throws -> [Int] {
        var places: [Int] = []
        for name in list.unicodeScalars.split(separator: ",", omittingEmptySubsequences: false).map({ String($0) }) {
            let named: [Int]
            if name.utf8.last == UInt8(ascii: "*") {
                let start = name.utf8.dropLast()
                named = catalogue.fields.indices.filter { catalogue.fields[$0].name.utf8.starts(with: start) }
                let isGroup = ["", "parameters.", "outputs."].contains { start.elementsEqual($0.utf8) }
                if named.isEmpty, !isGroup { throw Problem.badTable(.columns, "names '\(name)', which no column begins like") }
            } else {
                named = [try catalogue.place(of: name, in: .columns)]
            }
            for place in named where !places.contains(place) { places.append(place) }
        }
        guard !places.isEmpty else { throw Problem.badTable(.columns, "is '\(list)', which no column of this batch is") }
        return places
    }
}

extension Ledger {
    /// The number of the last end of a batch's runs, and which runs have ended after another; nil for all.
    ///
    /// - Throws: `LedgerError.noSuchBatch`.
    fileprivate func ended(batchID: String, after: Int?) async throws -> (last: Int, runs: [Int]?) {
        try await driver.read { connection in
            guard let row = try connection.row(SQL.lastEnd, [.text(batchID)]) else { throw LedgerError.noSuchBatch(batchID) }
            let runs = try after.map { try connection.rows(SQL.runsEndedAfter, [.text(batchID), .int($0)]).map { try $0.int("run_index") } }
            return (try row.int("end_seq"), runs)
        }
    }
}

extension HTTPField.Name {
    static let lynxEnded = HTTPField.Name("Lynx-Ended")!
}

extension SQL {
    /// Values: batch_id.
    static let lastEnd = "SELECT end_seq FROM batches WHERE batch_id = ?"

    /// Values: batch_id, the last end_seq seen.
    static let runsEndedAfter = """
        SELECT run_index FROM jobs WHERE batch_id = ? AND end_seq > ? AND completed_at IS NOT NULL ORDER BY run_index
        """
}
