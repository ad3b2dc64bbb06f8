import LynxDocument

/// Splits a text into what stays and its fields.
struct TemplateParser {
    private let text: [UInt8]
    private let delimiters: Template.Delimiters
    private var at = 0
    private var line = 1
    private var lineStart = 0
    /// How many `{{` have no `}}` yet.
    private var openBraces = 0
    private var parts: [Template.Part] = []
    private var pending: [UInt8] = []

    init(_ text: [UInt8], _ delimiters: Template.Delimiters) {
        self.text = text
        self.delimiters = delimiters
    }

    private var areBraces: Bool { delimiters == .braces }
    private var column: Int { at - lineStart + 1 }

    mutating func parse() throws(TemplateProblem) -> [Template.Part] {
        while at < text.count {
            if areBraces, starts(with: Array("{{".utf8)) {
                pending.append(UInt8(ascii: "{"))
                openBraces += 1
                at += 2
            } else if areBraces, openBraces > 0, starts(with: Array("}}".utf8)) {
                pending.append(UInt8(ascii: "}"))
                openBraces -= 1
                at += 2
            } else if starts(with: delimiters.open), let field = try field() {
                if !pending.isEmpty { parts.append(.text(pending)) }
                pending = []
                parts.append(.field(field))
            } else {
                if text[at] == UInt8(ascii: "\n") { (line, lineStart) = (line + 1, at + 1) }
                pending.append(text[at])
                at += 1
            }
        }
        if !pending.isEmpty { parts.append(.text(pending)) }
        return parts
    }

    private func starts(with bytes: [UInt8]) -> Bool { text[at...].starts(with: bytes) }

    /// The field that begins here, and moves behind it; nil if what follows the brace is no name.
    private mutating func field() throws(TemplateProblem) -> Template.Place? {
        let start = at + delimiters.open.count
        var end = start
        while end < text.count, text[end] != UInt8(ascii: "\n"), !text[end...].starts(with: delimiters.close) { end += 1 }
        let content = text[start..<min(end, text.count)]
        let (rawName, rawFormat) = Self.split(content)
        let name = String(decoding: rawName, as: UTF8.self)
        guard Self.isName(rawName) || TemplateValues.isGroupMember(name) else {
            guard !areBraces else { return nil }
            throw problem("'\(Excerpt.quoted(name))' between the template's delimiters is no name; give such as parameters.mass_kg")
        }
        guard end < text.count, text[end...].starts(with: delimiters.close) else {
            guard TemplateValues.isKnown(name) else { return nil }
            throw problem("'{\(name)' is not closed on its line; write {\(name)}")
        }
        if let unknown = TemplateValues.problem(withName: name) { throw problem(unknown + (areBraces ? ", or {{ for a brace" : "")) }
        var format: PrintfFormat?
        if let rawFormat {
            do throws(PrintfFormat.Problem) {
                format = try PrintfFormat(String(decoding: rawFormat, as: UTF8.self))
            } catch {
                throw problem("{\(name):\(String(decoding: rawFormat, as: UTF8.self))} \(error.message)")
            }
        }
        let field = Template.Place(name: name, format: format, line: line, column: column)
        at = end + delimiters.close.count
        return field
    }

    private func problem(_ message: String) -> TemplateProblem { TemplateProblem(line: line, column: column, message: message) }

    /// The name, and the format after its colon.
    private static func split(_ content: ArraySlice<UInt8>) -> (ArraySlice<UInt8>, ArraySlice<UInt8>?) {
        var colon: Int?
        for place in content.indices.dropLast() where content[place] == UInt8(ascii: ":") && content[place + 1] == UInt8(ascii: "%") { colon = place }
        guard let colon else { return (content, nil) }
        return (content[..<colon], content[(colon + 1)...])
    }

    /// Whether this looks like `run_index` or `parameters.mass_kg`.
    private static func isName(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard let first = bytes.first, isLetter(first) else { return false }
        return bytes.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) || [UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "/")].contains($0) }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_")
    }
}
