/// Asks a mapping for its fields. What is missing or wrong is reported and reading goes on, so that all of it is found at once.
package final class MappingReader {
    private let mapping: Mapping
    private let name: String
    private let path: FieldPath
    private let mark: Mark
    private let diagnostics: DiagnosticCollector
    private var known: [String] = []
    private var acceptsUnknownKeys = false
    private var qualifier: String?
    private var description: Description?

    /// What is asked for, gathered in place of reading it.
    private struct Description {
        let parts: SchemaParts
        var properties: [String: JSONValue] = [:]
        var required: [JSONValue] = []
        /// What further properties are.
        var others: JSONValue = false
    }

    package init(_ mapping: Mapping, name: String, path: FieldPath, mark: Mark, diagnostics: DiagnosticCollector) {
        self.mapping = mapping
        self.name = name
        self.path = path
        self.mark = mark
        self.diagnostics = diagnostics
    }

    /// The schema of a mapping that `read` reads: of the fields that it asks for when it is given none.
    package static func schema<Value>(of name: String, _ parts: SchemaParts, _ read: (MappingReader) -> Value?) -> JSONValue {
        let fields = MappingReader(Mapping(), name: name, path: .root, mark: Mark(wholeOf: name), diagnostics: DiagnosticCollector())
        fields.description = Description(parts: parts)
        _ = read(fields)
        let (properties, required, others) = (fields.description!.properties, fields.description!.required, fields.description!.others)
        return JSONValue.object(["type": "object", "additionalProperties": others, "properties": .object(properties)])
            .adding(required.isEmpty ? [:] : ["required": .array(required)])
    }

    private func describe<Value>(_ key: String, _ type: FieldType<Value>, _ documentation: String, isRequired: Bool, default value: JSONValue = nil) {
        guard let parts = description?.parts else { return }
        let schema = type.schema(parts)
        description?.properties[key] = (isRequired ? schema : schema.nullable)
            .adding(documentation.isEmpty ? [:] : ["description": .string(documentation)]).adding(value == nil ? [:] : ["default": value])
        if isRequired { description?.required.append(.string(key)) }
    }

    /// Nil, and reported, when the field is missing or wrong.
    ///
    /// - Parameter documentation: one sentence about the field, for its reference and its schema.
    package func required<Value>(_ key: String, _ type: FieldType<Value>, _ documentation: String) -> Value? {
        known.append(key)
        describe(key, type, documentation, isRequired: true)
        guard let field = self[key] else {
            if description != nil { return nil }
            diagnostics.report("is missing; give \(type.expectation)", at: mark, path: path.appending(key))
            return nil
        }
        return type.read(field, diagnostics)
    }

    /// Nil when the field is absent or null; also, and reported, when it is wrong.
    package func optional<Value>(_ key: String, _ type: FieldType<Value>, _ documentation: String) -> Value? {
        known.append(key)
        describe(key, type, documentation, isRequired: false)
        guard let field = self[key], !field.node.isNull else { return nil }
        return type.read(field, diagnostics)
    }

    /// The default when the field is absent or null; also, and then reported, when it is wrong.
    package func optional<Value: JSONRepresentable>(
        _ key: String, _ type: FieldType<Value>, default value: Value, _ documentation: String
    ) -> Value {
        known.append(key)
        describe(key, type, documentation, isRequired: false, default: value.json)
        guard let field = self[key], !field.node.isNull else { return value }
        return type.read(field, diagnostics) ?? value
    }

    /// All fields that have not been asked for, whatever their names; to be asked for last. Nil, and reported, when one is wrong.
    ///
    /// - Parameter key: what names may be.
    package func others<Value>(_ type: FieldType<Value>, key: FieldType<String>, _ documentation: String) -> [String: Value]? {
        if let parts = description?.parts {
            description?.others = type.schema(parts).adding(["description": .string(documentation)])
        }
        let others = mapping.entries.filter { !known.contains($0.key) }
        known += others.map(\.key)
        let type: FieldType<[String: Value]> = .dictionary(of: type, named: "names to values", key: key)
        return type.read(Field(node: Node(.mapping(Mapping(others)), at: mark), path: path, mark: mark), diagnostics)
    }

    package subscript(key: String) -> Field? {
        mapping[key].map { Field(node: $0.value, path: path.appending(key), mark: $0.keyMark) }
    }

    /// Whether the field is given, be its value right or wrong.
    package func has(_ key: String) -> Bool { self[key].map { !$0.node.isNull } ?? false }

    /// Reports what is wrong with a field in the light of others, where its value stands.
    ///
    /// - Parameter index: the item of the list that the field holds, if it is one.
    package func report(_ key: String, at index: Int? = nil, _ message: String) {
        guard let field = self[key] else { return diagnostics.report(message, at: mark, path: path.appending(key)) }
        guard let index, case .sequence(let items) = field.node.content, items.indices.contains(index) else {
            return diagnostics.report(message, at: field.node.mark, path: field.path)
        }
        diagnostics.report(message, at: items[index].mark, path: field.path.appending(index: index))
    }

    /// What the mapping turned out to describe, for messages about unknown keys: "a uniform distribution".
    package func describe(as name: String) { qualifier = name }

    /// For a mapping that is already known to be wrong, so that its further keys can't be judged.
    package func acceptUnknownKeys() { acceptsUnknownKeys = true }

    func reportUnknownKeys() {
        guard !acceptsUnknownKeys else { return }
        for entry in mapping.entries where !known.contains(entry.key) {
            diagnostics.report(Self.unknown(entry.key, in: qualifier ?? name, among: known), at: entry.keyMark, path: path.appending(entry.key))
        }
    }

    /// The message about a key that a mapping does not have.
    ///
    /// - Parameter name: what the mapping describes.
    package static func unknown(_ key: String, in name: String, among known: [String]) -> String {
        let remedy =
            Suggestion.closest(to: key, among: known).map { "did you mean '\($0)'?" }
            ?? "its fields are \(known.joined(separator: ", "))"
        return "is not a field of \(name); \(remedy)"
    }
}
