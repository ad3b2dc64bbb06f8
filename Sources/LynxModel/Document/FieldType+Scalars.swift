extension FieldType where Value == String {
    /// Any text without control characters other than newlines and tabs.
    package static var string: FieldType { text("a string", acceptsNumbers: false) }

    /// One line that people write like a number, such as a version or a quantity: `1.10` and `"1.10"` are the same.
    package static var numberLikeLine: FieldType {
        text("a string", acceptsNumbers: true).checked { lineProblem($0, maximum: 200) }
    }

    private static func text(_ expectation: String, acceptsNumbers: Bool) -> FieldType {
        FieldType(expectation) { field, diagnostics in
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
    package static func line(maximum: Int = 200) -> FieldType { string.checked { lineProblem($0, maximum: maximum) } }

    /// A name that goes on command lines, in file names and labels: letters, digits, `_`, `-` and `.`.
    package static var identifier: FieldType {
        string.checked { text in
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
        FieldType("true or false") { field, diagnostics in
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
        return FieldType(expectation) { field, diagnostics in
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

extension FieldType where Value == ParameterValue {
    /// A number, a string or a boolean. Numbers written without a point and an exponent are integers, up to 64 bits of them.
    package static var parameterValue: FieldType {
        let expectation = "a number, a string, true or false"
        return FieldType(expectation) { field, diagnostics in
            guard let scalar = field.scalar(expectation, diagnostics) else { return nil }
            switch scalar.resolved {
            case .null:
                field.mismatch(expectation, diagnostics)
                return nil
            case .bool(let value): return .bool(value)
            case .string(let text):
                guard scalar.text.utf8.contains(0) else { return .string(text) }
                diagnostics.report("contains the control character U+0; remove it", at: field.node.mark, path: field.path)
                return nil
            default:
                if scalar.style == .plain, case .integer(let value) = scalar.resolved, let exact = Int64(exactly: value) { return .integer(exact) }
                return FieldType<Double>.number().read(field, diagnostics).map { .number($0) }
            }
        }
    }
}
