/// Reads JSON text (RFC 8259) into the same tree as YAML, so that a body sent over HTTP is judged by the same rules
/// and its errors carry line and column. Duplicate names are reported and the rest is read on; the first syntax error
/// ends the reading.
struct JSONTreeBuilder {
    private struct Stop: Error {}

    private let bytes: [UInt8]
    private let name: String
    private let limits: DocumentLimits
    private let takesNonFinite: Bool
    private let diagnostics: DiagnosticCollector
    private var offset: Int
    private var cursor: MarkCursor
    private var nodes = 0

    /// - Returns: the root; nil after an error that ended the reading.
    static func build(_ source: SourceBytes, limits: DocumentLimits, nonFinite: Bool = false, into diagnostics: DiagnosticCollector) -> Node? {
        var builder = JSONTreeBuilder(source, limits: limits, nonFinite: nonFinite, diagnostics: diagnostics)
        return try? builder.document()
    }

    private init(_ source: SourceBytes, limits: DocumentLimits, nonFinite: Bool, diagnostics: DiagnosticCollector) {
        takesNonFinite = nonFinite
        bytes = source.bytes
        offset = source.start
        cursor = MarkCursor(start: source.start)
        name = source.name
        self.limits = limits
        self.diagnostics = diagnostics
    }

    private mutating func document() throws(Stop) -> Node {
        skipSpace()
        guard offset < bytes.count else { throw stop("is empty; send a JSON object") }
        let root = try value(path: .root, depth: 0)
        skipSpace()
        guard offset == bytes.count else { throw stop("more text follows the JSON value; send one value") }
        return root
    }

    private mutating func value(path: FieldPath, depth: Int) throws(Stop) -> Node {
        nodes += 1
        guard nodes <= limits.nodes else { throw stop("is past \(limits.nodes) values; send less", path: path) }
        let mark = here()
        if takesNonFinite, let number = nonFiniteNumber() { return Node(.scalar(Scalar(number, style: .plain)), at: mark) }
        switch peek {
        case UInt8(ascii: "{"):
            try goDeeper(depth, path: path)
            return Node(.mapping(try object(path: path, depth: depth + 1)), at: mark)
        case UInt8(ascii: "["):
            try goDeeper(depth, path: path)
            return Node(.sequence(try array(path: path, depth: depth + 1)), at: mark)
        case UInt8(ascii: "\""): return Node(.scalar(Scalar(try string(path: path), style: .quoted)), at: mark)
        case let byte? where byte == UInt8(ascii: "-") || Self.isDigit(byte):
            return Node(.scalar(Scalar(try number(path: path), style: .plain)), at: mark)
        default:
            let word = bytes[offset...].prefix { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20) }
            switch String(decoding: word, as: UTF8.self) {
            case "true", "false", "null":
                offset += word.count
                return Node(.scalar(Scalar(String(decoding: word, as: UTF8.self), style: .plain)), at: mark)
            case "NaN", "Infinity": throw stop("JSON has no such number; give a finite one", path: path)
            default: throw stop("a JSON value is expected here; strings go in double quotes", path: path)
            }
        }
    }

    private mutating func object(path: FieldPath, depth: Int) throws(Stop) -> Mapping {
        offset += 1
        var entries: [Mapping.Entry] = []
        var seen: Set<String> = []
        skipSpace()
        if take("}") { return Mapping() }
        while true {
            skipSpace()
            let keyMark = here()
            guard peek == UInt8(ascii: "\"") else { throw stop("a name in double quotes is expected here", path: path) }
            let key = try string(path: path)
            skipSpace()
            guard take(":") else { throw stop("':' is expected after the name", path: path.appending(key)) }
            skipSpace()
            let value = try value(path: path.appending(key), depth: depth)
            if key.isEmpty {
                diagnostics.report("a name is empty; give it one", at: keyMark, path: path)
            } else if seen.insert(key).inserted {
                entries.append(Mapping.Entry(key: key, keyMark: keyMark, value: value))
            } else {
                diagnostics.report("is given a second time; keep one of the two", at: keyMark, path: path.appending(key))
            }
            skipSpace()
            if take("}") { return Mapping(entries) }
            guard take(",") else { throw stop("',' or '}' is expected here", path: path) }
        }
    }

    private mutating func array(path: FieldPath, depth: Int) throws(Stop) -> [Node] {
        offset += 1
        var items: [Node] = []
        skipSpace()
        if take("]") { return [] }
        while true {
            skipSpace()
            items.append(try value(path: path.appending(index: items.count), depth: depth))
            skipSpace()
            if take("]") { return items }
            guard take(",") else { throw stop("',' or ']' is expected here", path: path) }
        }
    }

    private mutating func number(path: FieldPath) throws(Stop) -> String {
        let start = offset
        _ = take("-")
        let leadingZero = peek == UInt8(ascii: "0")
        let whole = offset
        guard skipDigits(), !(leadingZero && offset - whole > 1) else {
            throw stop("is not a JSON number; write it without leading zeros", path: path)
        }
        if take("."), !skipDigits() { throw stop("a digit is expected after the decimal point", path: path) }
        if take("e") || take("E") {
            if !take("-") { _ = take("+") }
            guard skipDigits() else { throw stop("a digit is expected in the exponent", path: path) }
        }
        return String(decoding: bytes[start..<offset], as: UTF8.self)
    }

    /// Past one of the words for what is no finite number, in whatever case, with a sign or without.
    private mutating func nonFiniteNumber() -> String? {
        let sign = peek == UInt8(ascii: "-") || peek == UInt8(ascii: "+") ? bytes[offset] : nil
        let word = bytes[(offset + (sign == nil ? 0 : 1))...].prefix { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20) }
        let number: String
        switch String(decoding: word, as: UTF8.self).lowercased() {
        case "nan": number = "NaN"
        case "inf", "infinity": number = sign == UInt8(ascii: "-") ? "-Infinity" : "Infinity"
        default: return nil
        }
        offset = word.endIndex
        return number
    }

    private mutating func skipDigits() -> Bool {
        let first = offset
        while let byte = peek, Self.isDigit(byte) { offset += 1 }
        return offset > first
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private mutating func string(path: FieldPath) throws(Stop) -> String {
        let start = offset
        do throws(JSONStringError) {
            return try JSONString.read(bytes, at: &offset)
        } catch {
            offset = Swift.max(start, offset)
            throw stop(error.message, path: path)
        }
    }

    private var peek: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: character) else { return false }
        offset += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { offset += 1 }
    }

    private func goDeeper(_ depth: Int, path: FieldPath) throws(Stop) {
        guard depth < limits.depth else {
            var copy = self
            throw copy.stop("is nested deeper than \(limits.depth) levels; flatten it", path: path)
        }
    }

    private mutating func here() -> Mark {
        cursor.advance(to: offset, in: bytes)
        return Mark(file: name, line: cursor.line, column: cursor.column)
    }

    private mutating func stop(_ message: String, path: FieldPath = .root) -> Stop {
        let endsTooEarly = offset >= bytes.count && nodes > 0
        diagnostics.report(endsTooEarly ? "the text ends too early; \(message)" : message, at: here(), path: path)
        return Stop()
    }
}
