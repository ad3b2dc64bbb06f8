extension FieldType where Value == String {
    /// Any text without control characters other than newlines and tabs.
    package static var string: FieldType { text("a string", acceptsNumbers: false) }

    /// One line that people write like a number, such as a version or a quantity: `1.10` and `"1.10"` are the same.
    package static var numberLikeLine: FieldType {
        text("a string", acceptsNumbers: true).checked(schema: ["maxLength": 200]) { lineProblem($0, maximum: 200) }
    }

    private static func text(_ expectation: String, acceptsNumbers: Bool) -> FieldType {
        FieldType(expectation, schema: { _ in ["type": acceptsNumbers ? ["string", "number"] : "string"] }) { field, diagnostics in
            guard let scalar = field.scalar(expectation, diagnostics) else { return nil }
            switch scalar.resolved {
            case _ where scalar.style == .untyped: break
            case .string, .grouped: break
            case .integer where acceptsNumbers, .number where acceptsNumbers, .leadingZero where acceptsNumbers: break
            case .null:
                field.mismatch(expectation, diagnostics)
                return nil
            default:
                field.mismatch(expectation, diagnostics, hint: "put it in quotes")
                return nil
            }
            let forbidden = scalar.text.unicodeScalars.first { $0 != "\n" && $0 != "\t" && $0.properties.generalCategory == .control }
            if let forbidden {
                let code = String(forbidden.value, radix: 16, uppercase: true)
                diagnostics.report("contains the control character U+\(code); remove it", at: field.node.mark, path: field.path)
                return nil
            }
            return scalar.text
        }
    }

    /// One line of 1 to `maximum` characters, as a name is.
    package static func line(maximum: Int = 200) -> FieldType {
        string.checked(schema: ["minLength": 1, "maxLength": .integer(maximum)]) { lineProblem($0, maximum: maximum) }
    }

    /// One line of at most 200 characters.
    package static var shortLine: FieldType { line().named("Line") }

    /// A name that goes on command lines, in file names and labels: letters, digits, `_`, `-` and `.`.
    package static var identifier: FieldType {
        string.checked(schema: ["pattern": "^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$"]) { text in
            if let problem = lineProblem(text, maximum: 64) { return problem }
            let isPlain = text.unicodeScalars.allSatisfy { scalar in
                scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || "_-.".unicodeScalars.contains(scalar))
            }
            return isPlain && text.first != "." && text.first != "-"
                ? nil : "\(Excerpt.quoted(text)) is not an identifier; use letters, digits, '_', '-' and '.'"
        }
    }

    private static func lineProblem(_ text: String, maximum: Int) -> String? {
        if text.allSatisfy(\.isWhitespace) { return "is blank; give some text" }
        if text.count > maximum { return "is \(text.count) characters long; give at most \(maximum)" }
        return Excerpt.isOneLine(text) ? nil : "spans lines or contains control characters; give one line"
    }
}

extension FieldType where Value == Bool {
    package static var bool: FieldType {
        FieldType("true or false", schema: { _ in ["type": "boolean"] }) { field, diagnostics in
            guard let scalar = field.scalar("true or false", diagnostics) else { return nil }
            if case .bool(let value) = scalar.resolved { return value }
            let hints = ["yes": "true", "on": "true", "no": "false", "off": "false", "true": "true", "false": "false"]
            let hint = hints[scalar.text.lowercased()].map { "write \($0)" + (scalar.style == .quoted ? " without quotes" : "") }
            field.mismatch("true or false", diagnostics, hint: hint)
            return nil
        }
    }
}

extension FieldType where Value: CaseIterable & RawRepresentable<String> & Sendable {
    /// One of the names of an enumeration.
    ///
    /// - Parameter remarks: for names that users try and that are not cases, what to tell them.
    package static func choice(remarks: [String: String] = [:]) -> FieldType {
        let names = Value.allCases.map(\.rawValue)
        let expectation = "one of \(names.joined(separator: ", "))"
        let schema: JSONValue = ["type": "string", "enum": .array(names.map { .string($0) })]
        return FieldType(expectation, schema: { _ in schema }) { field, diagnostics in
            guard let scalar = field.scalar(expectation, diagnostics) else { return nil }
            if let value = Value(rawValue: scalar.text) { return value }
            if let remark = remarks[scalar.text] {
                diagnostics.report("\(Excerpt.quoted(scalar.text)) \(remark)", at: field.node.mark, path: field.path)
            } else if field.node.isNull {
                field.mismatch(expectation, diagnostics)
            } else {
                let guess = Suggestion.closest(to: scalar.text, among: names).map { "did you mean '\($0)'? It is" } ?? "give"
                diagnostics.report("\(Excerpt.quoted(scalar.text)) is not known; \(guess) \(expectation)", at: field.node.mark, path: field.path)
            }
            return nil
        }
    }
}
