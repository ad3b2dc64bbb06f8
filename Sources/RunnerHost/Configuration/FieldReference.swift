package import LynxDocument

/// The fields of the runner's configuration as a reference: the host's, then those that engines declare.
package struct FieldReference: Sendable {
    private let engines: EngineFields

    package init(_ engines: EngineFields) { self.engines = engines }

    private var fields: [RunnerField] { RunnerField.all + engines.fields }

    /// For a terminal.
    package var lines: [String] {
        Array(
            fields.map { field in
                let names = [field.key, field.variable, field.flag].compactMap(\.self).joined(separator: "  ")
                return ["  \(names)", "      \(field.type); default: \(field.defaultText)", "      \(field.plainDocumentation)"]
            }.joined(separator: [""]))
    }

    /// The same as JSON, with a JSON schema of the configuration file. The documentation of the host's fields is Markdown whose links
    /// begin in docs/.
    package var json: JSONValue {
        let parts = SchemaParts(prefix: "#/$defs/")
        let properties = fields.map { field in
            (field.key, field.schema(parts).nullable.adding(["description": .string(field.plainDocumentation)]))
        }
        let schema: JSONValue = [
            "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "the configuration of runner-host", "type": "object",
            "additionalProperties": false, "properties": .object(Dictionary(uniqueKeysWithValues: properties)),
        ]
        let definitions: JSONValue = parts.definitions.isEmpty ? [:] : ["$defs": .object(parts.definitions)]
        return [
            "fields": .array(RunnerField.all.map { $0.json(isOfEngine: false) } + engines.fields.map { $0.json(isOfEngine: true) }),
            "schema": schema.adding(definitions),
        ]
    }
}

extension RunnerField {
    fileprivate func json(isOfEngine: Bool) -> JSONValue {
        [
            "key": .string(key), "variable": variable.map { .string($0) } ?? .null, "flag": flag.map { .string($0) } ?? .null, "type": .string(type),
            "default": .string(defaultText), "documentation": .string(documentation), "of_engine": .bool(isOfEngine),
        ]
    }
}
