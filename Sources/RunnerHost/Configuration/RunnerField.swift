import LynxDocument
import LynxModel

/// One field of the runner's configuration: its names, its meaning, how it is read and how it is shown.
package struct RunnerField: Sendable {
    /// The name in the file.
    package let key: String
    /// The description of valid values, such as `a whole number from 1 to 4096`.
    package let type: String
    package let defaultText: String
    /// One sentence for the reference, in Markdown; links begin in docs/.
    package let documentation: String
    /// The same without markup.
    package var plainDocumentation: String { documentation.replacing(/\[([^\]]*)\]\([^)]*\)/) { $0.output.1 }.replacing("`", with: "") }
    /// Whether the field can only be set in the file, as a mapping fits neither a variable nor a flag.
    package let isFileOnly: Bool

    /// The environment variable, such as `LYNX_RUNNER_MAX_CONCURRENT_JOBS`.
    package var variable: String? { isFileOnly ? nil : Self.variablePrefix + key.uppercased() }
    /// The flag, such as `--max-concurrent-jobs`.
    package var flag: String? { isFileOnly ? nil : Self.flag(for: key) }

    static let variablePrefix = "LYNX_RUNNER_"
    static func flag(for key: String) -> String { "--" + String(key.map { $0 == "_" ? "-" : $0 }) }

    let schema: @Sendable (SchemaParts) -> JSONValue
    /// Reads and validates a value; the result stores it in a configuration. Nil after an error.
    let read: @Sendable (Field, DiagnosticCollector) -> (@Sendable (inout RunnerConfiguration) -> Void)?
    /// The field's value as YAML.
    var show: @Sendable (RunnerConfiguration) -> String
    /// The field's value as an engine's setting; nil if it is not set, or no single value.
    let text: @Sendable (RunnerConfiguration) -> String?

    init<Value: YAMLRenderable & Sendable>(
        _ key: String, _ property: any WritableKeyPath<RunnerConfiguration, Value> & Sendable, _ type: FieldType<Value>, default defaultText: String,
        isFileOnly: Bool = false, _ documentation: String
    ) {
        self.key = key
        self.type = type.expectation
        self.defaultText = defaultText
        self.documentation = documentation
        self.isFileOnly = isFileOnly
        schema = type.schema
        read = { field, diagnostics in
            guard let value = type.read(field, diagnostics) else { return nil }
            return { $0[keyPath: property] = value }
        }
        show = { $0[keyPath: property].yaml }
        text = { configuration in
            switch configuration[keyPath: property] {
            case let text as String: text
            case let flag as Bool: "\(flag)"
            case let number as Int: "\(number)"
            default: nil
            }
        }
    }
}
