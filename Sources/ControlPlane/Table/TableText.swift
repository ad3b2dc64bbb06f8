import ArrowIPC
import LynxDocument
import LynxModel

/// Text that is put together cell by cell.
struct TableText {
    private(set) var bytes: [UInt8] = []

    mutating func reserve(_ count: Int) { bytes.reserveCapacity(bytes.count + count) }

    mutating func append(_ text: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    @_disfavoredOverload
    mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    mutating func append(utf8 text: some Sequence<UInt8>) { bytes.append(contentsOf: text) }

    /// A string of JSON (RFC 8259, 7).
    mutating func appendJSON(_ text: some Sequence<UInt8>) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0..<0x20:
                append("\\u00")
                for digit in [byte >> 4, byte & 15] { bytes.append(digit < 10 ? 0x30 + digit : 0x57 + digit) }
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    mutating func appendJSON(_ text: String) { appendJSON(text.utf8) }

    /// The shortest decimal that reads back as the same double.
    mutating func append(_ number: Double) { bytes.append(contentsOf: number.description.utf8) }

    mutating func append(_ number: Int64) {
        if number >= 0 && number < 10 {
            bytes.append(0x30 + UInt8(number))
        } else {
            bytes.append(contentsOf: number.description.utf8)
        }
    }

    /// `2026-01-31T12:00:00.000Z`, of microseconds since 1970.
    mutating func append(time: Int64) {
        let day: Int64 = 86_400_000_000
        let days = time >= 0 ? time / day : -((day - 1 - time) / day)
        let milliseconds = (time - days * day) / 1000
        // Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days.
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        append(digits: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), 4)
        append("-")
        append(digits: month, 2)
        append("-")
        append(digits: dayOfYear - (153 * shiftedMonth + 2) / 5 + 1, 2)
        append("T")
        append(digits: milliseconds / 3_600_000, 2)
        append(":")
        append(digits: milliseconds / 60_000 % 60, 2)
        append(":")
        append(digits: milliseconds / 1000 % 60, 2)
        append(".")
        append(digits: milliseconds % 1000, 3)
        append("Z")
    }

    private mutating func append(digits number: Int64, _ count: Int) {
        var unit: Int64 = 1
        for _ in 1..<count { unit *= 10 }
        while unit > 0 {
            bytes.append(0x30 + UInt8(number / unit % 10))
            unit /= 10
        }
    }
}

/// The cells of a column as text.
struct TableCells {
    private let column: ArrowColumn
    /// The entries of a dictionary as they are written.
    private let csvEntries: [[UInt8]]
    private let jsonEntries: [[UInt8]]

    init(_ column: ArrowColumn) {
        self.column = column
        guard case .dictionary(_, let entries) = column.values else {
            (csvEntries, jsonEntries) = ([], [])
            return
        }
        csvEntries = entries.map { Array(Self.csv($0).utf8) }
        jsonEntries = entries.map { entry in
            var text = TableText()
            text.appendJSON(entry)
            return text.bytes
        }
    }

    /// A null is an empty field; a text without characters has quotes.
    func appendCSV(_ row: Int, to text: inout TableText) {
        if column.isNull?[row] == true { return }
        switch column.values {
        case .int64(let values): text.append(values[row])
        case .float64(let values): text.append(values[row])
        case .bool(let values): text.append(values[row] ? "true" : "false")
        case .utf8(let texts):
            let utf8 = texts.utf8(at: row)
            if utf8.isEmpty || utf8.contains(where: { Self.needsQuotes($0) }) {
                text.append(Self.csv(texts[row]))
            } else {
                text.append(utf8: utf8)
            }
        case .dictionary(let places, _): text.append(utf8: csvEntries[Int(places[row])])
        case .timestamp(let values): text.append(time: values[row])
        case .float64List(let lists): text.append(CSVText.field("[\(lists[row].map(\.description).joined(separator: ","))]"))
        }
    }

    /// A null, and a float that JSON has no number for, is null.
    func appendJSON(_ row: Int, to text: inout TableText) {
        if column.isNull?[row] == true { return text.append("null") }
        switch column.values {
        case .int64(let values): text.append(values[row])
        case .float64(let values): if values[row].isFinite { text.append(values[row]) } else { text.append("null") }
        case .bool(let values): text.append(values[row] ? "true" : "false")
        case .utf8(let texts): text.appendJSON(texts.utf8(at: row))
        case .dictionary(let places, _): text.append(utf8: jsonEntries[Int(places[row])])
        case .timestamp(let values):
            text.append("\"")
            text.append(time: values[row])
            text.append("\"")
        case .float64List(let lists):
            text.append("[")
            for (place, value) in lists[row].enumerated() {
                if place > 0 { text.append(",") }
                if value.isFinite { text.append(value) } else { text.append("null") }
            }
            text.append("]")
        }
    }

    private static func needsQuotes(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\"") || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
    }

    private static func csv(_ text: String) -> String { text.isEmpty ? "\"\"" : CSVText.field(text) }
}
