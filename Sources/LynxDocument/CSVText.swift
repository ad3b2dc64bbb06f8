/// Fields of CSV (RFC 4180).
package enum CSVText {
    /// In quotes where it needs them. By bytes: a quote or a line end also counts when a combining mark follows it.
    package static func field(_ text: String) -> String {
        let quote = UInt8(ascii: "\"")
        guard text.utf8.contains(where: { $0 == quote || $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) else {
            return text
        }
        var field = [quote]
        for byte in text.utf8 {
            if byte == quote { field.append(quote) }
            field.append(byte)
        }
        return String(decoding: field + [quote], as: UTF8.self)
    }
}

extension CSVText {
    /// The fields of one line, without the quotes around them and the spaces outside of quotes.
    package static func fields(_ line: some Collection<UInt8>) -> [String] {
        let (quote, comma) = (UInt8(ascii: "\""), UInt8(ascii: ","))
        var fields: [String] = []
        var field: [UInt8] = []
        var (isQuoted, wasQuoted) = (false, false)
        func end() {
            let text = String(decoding: field, as: UTF8.self)
            fields.append(wasQuoted ? text : String(text.trimmed))
            field = []
            wasQuoted = false
        }
        var bytes = Array(line)[...]
        if bytes.last == 13 { bytes.removeLast() }
        while let byte = bytes.popFirst() {
            if byte == quote {
                if isQuoted, bytes.first == quote {
                    field.append(quote)
                    bytes.removeFirst()
                } else {
                    if !isQuoted, !wasQuoted { field.removeAll { $0 == 32 || $0 == 9 } }
                    isQuoted.toggle()
                    wasQuoted = true
                }
            } else if byte == comma, !isQuoted {
                end()
            } else if !(wasQuoted && !isQuoted) {
                field.append(byte)
            }
        }
        end()
        return fields
    }
}

extension String {
    fileprivate var trimmed: Substring.UnicodeScalarView {
        let scalars = unicodeScalars[...]
        let start = scalars.drop { $0 == " " || $0 == "\t" }
        return start.lastIndex { $0 != " " && $0 != "\t" }.map { start[...$0] } ?? start[start.startIndex..<start.startIndex]
    }
}
