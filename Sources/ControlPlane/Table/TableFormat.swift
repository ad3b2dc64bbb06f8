import ArrowIPC
import HTTPTypes
import LynxDocument
import LynxModel

/// How a table is written.
enum TableFormat: CaseIterable, Sendable {
    case json, csv, arrow

    var mediaType: String {
        switch self {
        case .json: "application/json"
        case .csv: CSVContent.mediaType
        case .arrow: ArrowStreamWriter.mediaType
        }
    }

    /// What the answer says of itself.
    var contentType: String { self == .csv ? "text/csv; charset=utf-8; header=present" : mediaType }

    /// The format that a client prefers (RFC 9110, 12.5.1); JSON where it says nothing.
    ///
    /// - Throws: a 406 `Problem` where it takes none of them.
    init(accept: String?) throws(Problem) {
        guard let accept, !accept.isEmpty else {
            self = .json
            return
        }
        var best: (format: TableFormat, quality: Double, isExact: Int)?
        for format in Self.allCases {
            let (quality, precision) = Self.quality(of: format.mediaType, accept)
            if quality > 0, quality > (best?.quality ?? 0) || (quality == best?.quality && precision > best!.isExact) {
                best = (format, quality, precision)
            }
        }
        guard let best else {
            let known = Self.allCases.map(\.mediaType).joined(separator: ", ")
            throw Problem(
                title: "Not acceptable", status: 406, detail: "'Accept' is '\(accept)'; this is given as \(known)",
                errors: [.init(field: "Accept", detail: "must allow one of \(known)")])
        }
        self = best.format
    }

    /// The quality that a media type has by its most precise range, and how precise that is: 2 for itself, 1 for `type/*`, 0 for `*/*`.
    private static func quality(of mediaType: String, _ accept: String) -> (Double, Int) {
        let major = mediaType.prefix { $0 != "/" }
        var found = (quality: 0.0, precision: -1)
        for range in accept.split(separator: ",") {
            let parts = range.split(separator: ";").map { $0.filter { !$0.isWhitespace }.lowercased() }
            guard let name = parts.first else { continue }
            let precision = name == mediaType ? 2 : name == "\(major)/*" ? 1 : name == "*/*" ? 0 : -1
            guard precision > found.precision else { continue }
            let quality = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
            found = (min(max(quality, 0), 1), precision)
        }
        return found
    }
}

/// Writes a table in one of the formats, part by part.
struct TableWriter {
    private let schema: ArrowSchema
    private let format: TableFormat
    private var arrow: ArrowStreamWriter
    private var hasRows = false

    init(_ schema: ArrowSchema, _ format: TableFormat) {
        self.schema = schema
        self.format = format
        arrow = ArrowStreamWriter(schema)
    }

    func head() -> [UInt8] {
        switch format {
        case .arrow: return arrow.start()
        case .csv: return Array((schema.fields.map { CSVText.field($0.name) }.joined(separator: ",") + "\r\n").utf8)
        case .json:
            var text = TableText()
            text.append(#"{"columns":["#)
            for (place, field) in schema.fields.enumerated() {
                text.append(place == 0 ? #"{"name":"# : #",{"name":"#)
                text.appendJSON(field.name)
                text.append(#","type":"\#(field.type.jsonName)""#)
                for (key, value) in field.metadata.sorted(by: { $0.key < $1.key }) {
                    text.append(",")
                    text.appendJSON(key)
                    text.append(":")
                    text.appendJSON(value)
                }
                text.append("}")
            }
            text.append(#"],"rows":["#)
            return text.bytes
        }
    }

    /// - Parameter columns: in the order of the schema; all of one length.
    mutating func part(_ columns: [ArrowColumn]) -> [UInt8] {
        let rows = columns.first?.count ?? 0
        guard rows > 0 else { return [] }
        if format == .arrow { return arrow.batch(columns) }
        var text = TableText()
        text.reserve(rows * columns.count * 14)
        let cells = columns.map { TableCells($0) }
        for row in 0..<rows {
            if format == .json { text.append(hasRows ? ",[" : "[") }
            hasRows = true
            for (place, column) in cells.enumerated() {
                if place > 0 { text.append(",") }
                if format == .json { column.appendJSON(row, to: &text) } else { column.appendCSV(row, to: &text) }
            }
            text.append(format == .json ? "]" : "\r\n")
        }
        return text.bytes
    }

    func tail() -> [UInt8] {
        switch format {
        case .arrow: ArrowStreamWriter.end
        case .csv: []
        case .json: Array("]}".utf8)
        }
    }
}

extension ArrowType {
    fileprivate var jsonName: String {
        switch self {
        case .int64: "integer"
        case .float64: "number"
        case .bool: "boolean"
        case .utf8, .dictionary: "string"
        case .timestamp: "time"
        case .float64List: "numbers"
        }
    }
}
