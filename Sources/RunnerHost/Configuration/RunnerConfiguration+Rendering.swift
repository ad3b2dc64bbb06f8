import LynxDocument
package import LynxModel
import Logging

extension RunnerConfiguration {
    /// The effective configuration as YAML, one line per field, each with its source in a comment.
    ///
    /// - Parameter engines: the fields that engines declare; without them those that are set are shown.
    package func rendered(with engines: EngineFields? = nil) -> String {
        let others = engines?.fields.map { ($0.key, $0.show(self)) } ?? engineFields.sorted { $0.key < $1.key }.map { ($0.key.yaml, $0.value.yaml) }
        let shown = RunnerField.all.map { ($0.key, $0.show(self)) } + others
        let lines = shown.map { key, value in (text: "\(key): \(value)", source: source(of: key)) }
        let width = min(72, lines.map(\.text.count).max() ?? 0)
        return lines.map { line in
            let padding = String(repeating: " ", count: max(0, width - line.text.count))
            return "\(line.text)\(padding)   # \(line.source)\n"
        }.joined()
    }
}

/// A value that can be written to a YAML file and read back.
protocol YAMLRenderable {
    /// The value on one line, also valid inside a flow collection.
    var yaml: String { get }
}

extension String: YAMLRenderable {
    var yaml: String {
        let isPlain = !isEmpty && last != ":" && unicodeScalars.allSatisfy { scalar in
            scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || "_./:@+-".unicodeScalars.contains(scalar))
        }
        if isPlain, first != "-", first != "@", first != ":", case .string = Scalar(self, style: .plain).resolved { return self }
        var quoted = "\""
        for scalar in unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case _ where Excerpt.isControl(scalar) && scalar.value > 0xFFFF: quoted += "\\U" + scalar.hexadecimal(digits: 8)
            case _ where Excerpt.isControl(scalar): quoted += "\\u" + scalar.hexadecimal(digits: 4)
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}

extension Unicode.Scalar {
    fileprivate func hexadecimal(digits: Int) -> String {
        let text = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: digits - text.count) + text
    }
}

extension Int: YAMLRenderable {
    var yaml: String { "\(self)" }
}

extension Bool: YAMLRenderable {
    var yaml: String { "\(self)" }
}

extension Logger.Level: YAMLRenderable {
    var yaml: String { rawValue }
}

extension ParameterValue: YAMLRenderable {
    var yaml: String {
        switch self {
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .string(let value): value.yaml
        case .bool(let value): "\(value)"
        }
    }
}

extension Optional: YAMLRenderable where Wrapped: YAMLRenderable {
    var yaml: String { self?.yaml ?? "null" }
}

extension Array: YAMLRenderable where Element: YAMLRenderable {
    var yaml: String { "[\(map(\.yaml).joined(separator: ", "))]" }
}

extension Dictionary: YAMLRenderable where Key == String, Value: YAMLRenderable {
    var yaml: String {
        "{\(sorted { $0.key < $1.key }.map { "\($0.key.yaml): \($0.value.yaml)" }.joined(separator: ", "))}"
    }
}
