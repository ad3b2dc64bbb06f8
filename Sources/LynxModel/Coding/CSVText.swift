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
