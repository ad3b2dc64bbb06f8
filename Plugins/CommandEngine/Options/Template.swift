import LynxModel

/// A text with fields in braces that each run fills with its own values, such as `mass = {parameters.mass_kg:%.3f}`.
///
/// A field is a name of `TemplateValues`, and may have a format of printf(3) after a colon. `{{` stands for a brace, and so does
/// the `}}` that belongs to it. Any other brace that does not begin a name stands for itself, so that most texts in other
/// notations need no change. Texts are bytes, which need not be UTF-8.
package struct Template: Hashable, Sendable {
    package struct Place: Hashable, Sendable {
        package var name: String
        package var format: PrintfFormat?
        /// Counted from 1, in lines and bytes.
        package var line: Int
        package var column: Int
    }

    enum Part: Hashable, Sendable {
        case text([UInt8])
        case field(Place)
    }

    /// What opens and closes a field, for texts that are full of braces.
    package struct Delimiters: Hashable, Sendable {
        package var open: [UInt8]
        package var close: [UInt8]

        package init(open: String, close: String) {
            self.open = Array(open.utf8)
            self.close = Array(close.utf8)
        }

        package static let braces = Delimiters(open: "{", close: "}")
    }

    let parts: [Part]

    /// - Throws: the first field that is not well formed, or has a name that no run could have.
    package init(_ text: [UInt8], delimiters: Delimiters = .braces) throws(TemplateProblem) {
        var parser = TemplateParser(text, delimiters)
        parts = try parser.parse()
    }

    package init(_ text: String) throws(TemplateProblem) { try self.init(Array(text.utf8)) }

    /// The fields in their order.
    package var fields: [Place] {
        parts.compactMap { part in if case .field(let field) = part { field } else { nil } }
    }

    /// The text if it has no fields.
    package var constant: String? {
        guard fields.isEmpty else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    private var bytes: [UInt8] {
        parts.flatMap { part -> [UInt8] in if case .text(let bytes) = part { bytes } else { [] } }
    }

    /// - Throws: the first field for which there is no value, or whose format does not fit it.
    package func filled(with values: TemplateValues) throws(TemplateProblem) -> [UInt8] {
        var result: [UInt8] = []
        for part in parts {
            switch part {
            case .text(let bytes): result += bytes
            case .field(let field):
                let value = try values.value(of: field)
                guard let format = field.format else {
                    result += value.plainText.utf8
                    continue
                }
                do throws(PrintfFormat.Problem) {
                    result += try format.text(of: value).utf8
                } catch {
                    throw TemplateProblem(line: field.line, column: field.column, message: "{\(field.name):\(format)} \(error.message)")
                }
            }
        }
        return result
    }

    /// The filled text; for arguments and environments.
    package func text(with values: TemplateValues) throws(TemplateProblem) -> String {
        String(decoding: try filled(with: values), as: UTF8.self)
    }
}
