/// The rows of a table of text, whose first line names its columns. Commas, semicolons, tabs or blanks separate values.
struct TextTable {
    let names: [String]
    private let separator: UInt8

    /// - Parameter header: the first line; a comment sign before the names is passed over.
    init(header: ArraySlice<UInt8>) {
        var line = header
        if line.starts(with: [0xEF, 0xBB, 0xBF]) { line = line.dropFirst(3) }
        line = line.drop { $0 == UInt8(ascii: "#") || $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: " ") }
        separator = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")].first { line.contains($0) } ?? UInt8(ascii: " ")
        names = Self.split(line, separator)
    }

    /// The numbers of a row by column; nil where a value is no number. Nil if it has another number of values than the first line.
    func numbers(in line: ArraySlice<UInt8>) -> [Double?]? {
        let texts = Self.split(line, separator)
        guard texts.count == names.count else { return nil }
        return texts.map { NumberText.value($0) }
    }

    private static func split(_ line: ArraySlice<UInt8>, _ separator: UInt8) -> [String] {
        guard separator != UInt8(ascii: " ") else { return line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }.map { String(decoding: $0, as: UTF8.self) } }
        var values: [String] = []
        var value: [UInt8] = []
        var isQuoted = false
        func finish() {
            let text = value.drop { $0 == UInt8(ascii: " ") }
            let end = text.lastIndex { $0 != UInt8(ascii: " ") && $0 != 0x0D }.map { $0 + 1 } ?? text.startIndex
            values.append(String(decoding: text[..<end], as: UTF8.self))
            value = []
        }
        for byte in line {
            switch byte {
            case UInt8(ascii: "\""): isQuoted.toggle()
            case separator where !isQuoted: finish()
            default: value.append(byte)
            }
        }
        finish()
        // A separator after the last value is no further column.
        if values.count > 1, values.last == "" { values.removeLast() }
        return values
    }
}

/// Numbers as programs print them.
enum NumberText {
    /// Also `nan`, `inf` and Fortran's `1.5D+03`; nil for anything else.
    static func value(_ text: some StringProtocol) -> Double? {
        guard let first = text.utf8.first, text.utf8.count <= 64 else { return nil }
        let isPlain = (0x30...0x39).contains(first) || "+-.".utf8.contains(first)
        if let value = Double(text) { return isPlain || value.isNaN || value.isInfinite ? value : nil }
        guard isPlain, text.utf8.contains(where: { $0 | 0x20 == UInt8(ascii: "d") }) else { return nil }
        return Double(String(text.map { $0 == "D" || $0 == "d" ? "e" : $0 }))
    }
}
