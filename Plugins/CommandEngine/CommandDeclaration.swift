import CommandDocument
import EngineKit
import LynxDocument
import LynxModel

/// The declaration of the engine's settings, made of the schema of the reader that reads them, so that the two cannot differ.
enum CommandDeclaration {
    static let all: [ConfigurationKey] = {
        let parts = SchemaParts(prefix: "#/")
        let schema = FieldType<CommandOptions>.commandOptions.schema(parts)
        var reader = Reader(parts: parts)
        reader.members(of: schema, of: "", traits: .batch)
        // The host's own, which it checks itself.
        return reader.keys.filter { $0.key != "max_concurrent_jobs" }
    }()

    /// Turns a JSON schema into keys.
    private struct Reader {
        let parts: SchemaParts
        private(set) var keys: [ConfigurationKey] = []

        init(parts: SchemaParts) { self.parts = parts }

        /// The members of a mapping, the required ones first.
        mutating func members(of schema: JSONValue, of key: String, traits: ConfigurationKey.Traits = []) {
            let prefix = key.isEmpty ? "" : "\(key)."
            let required = schema["required"].array.compactMap(\.string)
            let names = schema["properties"].object.keys.sorted { (required.contains($0) ? 0 : 1, $0) < (required.contains($1) ? 0 : 1, $1) }
            for name in names {
                add(schema["properties"][name], as: prefix + name, traits: required.contains(name) ? traits.union(.required) : traits)
            }
            if case .object = schema["additionalProperties"] { add(schema["additionalProperties"], as: prefix + "*") }
        }

        private mutating func add(_ schema: JSONValue, as key: String, traits: ConfigurationKey.Traits = []) {
            var declared = ConfigurationKey(key, [], traits: traits, schema["description"].string ?? "")
            let alternatives = alternatives(of: schema)
            if let list = alternatives.first(where: { $0.isOneOrMore }) {
                declared.traits.insert(.oneOrMore)
                declared.types = .list
                keys.append(declared)
                return add(list.schema["items"], as: "\(key)[]")
            }
            for alternative in alternatives { Self.describe(alternative.schema, &declared) }
            keys.append(declared)
            for alternative in alternatives {
                if case .object = alternative.schema["items"] { add(alternative.schema["items"], as: "\(key)[]") }
                members(of: alternative.schema, of: key)
            }
        }

        /// The types that a schema permits, each by itself.
        private func alternatives(of schema: JSONValue) -> [(schema: JSONValue, isOneOrMore: Bool)] {
            if let name = schema["$ref"].string { return alternatives(of: parts.definitions[String(name.dropFirst(2))] ?? .null) }
            let choices = schema["anyOf"].array + schema["oneOf"].array
            if choices.isEmpty { return [(schema, false)] }
            if choices.count == 2, choices[1]["items"] == choices[0] { return [(choices[1], true)] }
            return choices.filter { $0["type"] != "null" }.flatMap { alternatives(of: $0) }
        }

        private static func describe(_ schema: JSONValue, _ key: inout ConfigurationKey) {
            let choices = schema["enum"].array.compactMap(\.string)
            for type in [schema["type"].string].compactMap(\.self) + schema["type"].array.compactMap(\.string) {
                switch type {
                case "string": key.types.insert(choices.isEmpty ? .string : .choice)
                case "integer": key.types.insert(.integer)
                case "number": key.types.insert(.number)
                case "boolean": key.types.insert(.boolean)
                case "array": key.types.insert(.list)
                case "object": key.types.insert(.map)
                default: break
                }
            }
            key.choices += choices
            if let minimum = number(schema["minimum"]) { key.minimum = minimum }
            if let maximum = number(schema["maximum"]) { key.maximum = maximum }
            guard let above = number(schema["exclusiveMinimum"]) else { return }
            key.minimum = above
            key.traits.insert(.aboveMinimum)
        }

        private static func number(_ value: JSONValue) -> Double? {
            switch value {
            case .integer(let whole): Double(whole)
            case .number(let number): number
            default: nil
            }
        }
    }
}
