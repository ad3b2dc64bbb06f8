struct JSONStringError: Error {
    var message: String
}

/// String literals of JSON (RFC 8259 §7), in text that is known to be UTF-8.
enum JSONString {
    /// Reads the literal whose opening quote is at `offset`, and moves `offset` past its closing quote, or to what is wrong.
    static func read(_ bytes: [UInt8], at offset: inout Int) throws(JSONStringError) -> String {
        offset += 1
        var text: [UInt8] = []
        while offset < bytes.count {
            let run = bytes[offset...].prefix { $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") && $0 >= 0x20 }
            text += run
            offset += run.count
            guard offset < bytes.count else { break }
            switch bytes[offset] {
            case UInt8(ascii: "\""):
                offset += 1
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"): text += try escape(bytes, at: &offset)
            default: throw JSONStringError(message: "a control character stands in a string; escape it as \\n or \\u00XX")
            }
        }
        throw JSONStringError(message: "close the string with '\"'")
    }

    private static func escape(_ bytes: [UInt8], at offset: inout Int) throws(JSONStringError) -> [UInt8] {
        guard offset + 1 < bytes.count else { throw JSONStringError(message: "close the string with '\"'") }
        let simple: [UInt8: UInt8] = [
            UInt8(ascii: "\""): 0x22, UInt8(ascii: "\\"): 0x5C, UInt8(ascii: "/"): 0x2F, UInt8(ascii: "b"): 0x08,
            UInt8(ascii: "f"): 0x0C, UInt8(ascii: "n"): 0x0A, UInt8(ascii: "r"): 0x0D, UInt8(ascii: "t"): 0x09,
        ]
        if let byte = simple[bytes[offset + 1]] {
            offset += 2
            return [byte]
        }
        guard let first = unit(bytes, at: offset) else {
            throw JSONStringError(message: "is not an escape of JSON; double the backslash")
        }
        if let scalar = Unicode.Scalar(first) {
            offset += 6
            return Array(String(scalar).utf8)
        }
        guard UTF16.isLeadSurrogate(first), let second = unit(bytes, at: offset + 6), UTF16.isTrailSurrogate(second) else {
            throw JSONStringError(message: "is half of a surrogate pair; give both halves")
        }
        offset += 12
        return Array(String(decoding: [first, second], as: UTF16.self).utf8)
    }

    /// The `\uXXXX` at `offset`.
    private static func unit(_ bytes: [UInt8], at offset: Int) -> UInt16? {
        guard offset + 6 <= bytes.count, bytes[offset] == UInt8(ascii: "\\"), bytes[offset + 1] == UInt8(ascii: "u") else { return nil }
        var value: UInt16 = 0
        for byte in bytes[(offset + 2)..<(offset + 6)] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else { return nil }
            value = value << 4 | UInt16(digit)
        }
        return value
    }
}
