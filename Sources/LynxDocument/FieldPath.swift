/// The names that lead from the root of a document to one field, as users write them: `config.conditions[0].threshold`.
package struct FieldPath: Hashable, Sendable {
    package let text: String

    package static let root = FieldPath(text: "")

    package func appending(_ key: String) -> FieldPath {
        let name = key.isPlainName ? key : Excerpt.quoted(key)
        return FieldPath(text: text.isEmpty ? name : "\(text).\(name)")
    }

    /// The last name of it.
    package var lastKey: String { text.utf8.split(separator: UInt8(ascii: ".")).last.flatMap { String($0) } ?? text }

    package func appending(index: Int) -> FieldPath { FieldPath(text: "\(text)[\(index)]") }
}

extension String {
    fileprivate var isPlainName: Bool {
        (1...64).contains(utf8.count)
            && utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}

/// A user's text as part of an error line: short, on one line, without characters that a terminal obeys.
package enum Excerpt {
    private static let length = 48

    package static func quoted(_ text: String) -> String {
        var shown = ""
        for (count, scalar) in text.unicodeScalars.enumerated() {
            guard count < length else {
                shown += "…"
                break
            }
            switch scalar {
            case "\n": shown += "\\n"
            case "\t": shown += "\\t"
            case _ where isControl(scalar): shown += "\\u{\(String(scalar.value, radix: 16))}"
            default: shown.unicodeScalars.append(scalar)
            }
        }
        return "'\(shown)'"
    }

    /// Control and line-separating characters, and those that reorder a line's display.
    package static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .format: true
        default: false
        }
    }
}
