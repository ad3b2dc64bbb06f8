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

    package init(_ mapping: Mapping, name: String, path: FieldPath, mark: Mark, diagnostics: DiagnosticCollector) {
        self.mapping = mapping
        self.name = name
        self.path = path
        self.mark = mark
        self.diagnostics = diagnostics
    }

    /// Nil, and reported, when the field is missing or wrong.
    package func required<Value>(_ key: String, _ type: FieldType<Value>) -> Value? {
        known.append(key)
        guard let field = self[key] else {
            diagnostics.report("is missing; give \(type.expectation)", at: mark, path: path.appending(key))
            return nil
        }
        return type.read(field, diagnostics)
    }

    /// Nil when the field is absent or null; also, and reported, when it is wrong.
    package func optional<Value>(_ key: String, _ type: FieldType<Value>) -> Value? {
        known.append(key)
        guard let field = self[key], !field.node.isNull else { return nil }
        return type.read(field, diagnostics)
    }

    package subscript(key: String) -> Field? {
        mapping[key].map { Field(node: $0.value, path: path.appending(key), mark: $0.keyMark) }
    }

    /// Reports what is wrong with a field in the light of others, where its value stands.
    package func report(_ key: String, _ message: String) {
        diagnostics.report(message, at: self[key]?.node.mark ?? mark, path: path.appending(key))
    }

    /// What the mapping turned out to describe, for messages about unknown keys: "a uniform distribution".
    package func describe(as name: String) { qualifier = name }

    /// For a mapping that is already known to be wrong, so that its further keys can't be judged.
    package func acceptUnknownKeys() { acceptsUnknownKeys = true }

    func reportUnknownKeys() {
        guard !acceptsUnknownKeys else { return }
        for entry in mapping.entries where !known.contains(entry.key) {
            diagnostics.report(unknown(entry.key), at: entry.keyMark, path: path.appending(entry.key))
        }
    }

    private func unknown(_ key: String) -> String {
        let remedy =
            Suggestion.closest(to: key, among: known).map { "did you mean '\($0)'?" }
            ?? "its fields are \(known.joined(separator: ", "))"
        return "is not a field of \(qualifier ?? name); \(remedy)"
    }
}
