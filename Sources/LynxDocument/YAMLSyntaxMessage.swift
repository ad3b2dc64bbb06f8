extension YAMLSyntaxError {
    /// libyaml's words, and what to do about the mistakes that people make.
    func message(in source: SourceBytes) -> String {
        switch (problem, character(in: source)) {
        case ("found character that cannot start any token", "\t"): return "a tab indents this line; indent with spaces"
        case ("found character that cannot start any token", let character?):
            return "a value can't begin with '\(character)'; put it in quotes"
        case ("control characters are not allowed", _): return "contains a control character; remove it"
        default: break
        }
        var text = problem
        if let context {
            text += " \(context)"
            if let contextLine, contextLine != position.line { text += " that begins on line \(contextLine)" }
        }
        return "\(text); \(remedy)"
    }

    private var remedy: String {
        switch problem {
        case "mapping values are not allowed in this context": "check the indentation, or quote text that contains ': '"
        case "did not find expected key": "check the indentation and the quotes"
        case "could not find expected ':'": "write 'name: value', with a space after the colon"
        case "did not find expected '-' indicator": "begin each item of the list with '- ', in the same column"
        case "did not find expected ',' or ']'": "close the list with ']'"
        case "did not find expected ',' or '}'": "close the mapping with '}'"
        case "found unexpected end of stream": "close the quotes"
        case "found unknown escape character": "double the backslash, or use single quotes"
        default: "check the lines around it"
        }
    }

    private func character(in source: SourceBytes) -> Unicode.Scalar? {
        var line = source.bytes[...]
        for _ in 1..<position.line {
            guard let end = line.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
            line = line[(end + 1)...]
        }
        return String(decoding: line.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
            .unicodeScalars.dropFirst(position.column - 1).first
    }
}
