/// The JSON schema of a document (JSON Schema 2020-12, the dialect of OpenAPI 3.1), put together from what each reader says
/// of itself, so that what is described and what is read cannot differ.
package final class SchemaParts {
    /// What schemas refer to, by name.
    package private(set) var definitions: [String: JSONValue] = [:]
    private let prefix: String

    /// - Parameter prefix: where the document that holds the schema keeps its definitions: `#/$defs/`.
    package init(prefix: String) { self.prefix = prefix }

    /// A reference to a definition, which is made when it is first asked for; a definition may refer to itself.
    package func reference(_ name: String, _ schema: (SchemaParts) -> JSONValue) -> JSONValue {
        if definitions[name] == nil {
            definitions[name] = .null
            definitions[name] = schema(self)
        }
        return ["$ref": "\(prefix)\(name)"]
    }
}

extension FieldType {
    /// Gives the type's schema a name, under which others refer to it.
    package func named(_ name: String) -> FieldType {
        FieldType(expectation, schema: { [schema] parts in parts.reference(name, schema) }, read: read)
    }
}

extension JSONValue {
    /// The schema with further keywords.
    package func adding(_ keywords: JSONValue) -> JSONValue {
        if keywords.object.isEmpty { return self }
        return .object(object.merging(keywords.object) { _, new in new })
    }

    /// The schema that also takes null, which says the same as leaving a field out.
    package var nullable: JSONValue {
        var schema = self
        switch self["type"] {
        case .string(let type): schema["type"] = .array([.string(type), "null"])
        case .array(let types): schema["type"] = .array(types + ["null"])
        default: return ["anyOf": [self, ["type": "null"]]]
        }
        if case .array(let names) = self["enum"] { schema["enum"] = .array(names + [nil]) }
        return schema
    }
}

/// A value that a schema can show as a field's default.
package protocol JSONRepresentable {
    var json: JSONValue { get }
}

extension Bool: JSONRepresentable { package var json: JSONValue { .bool(self) } }
extension Int: JSONRepresentable { package var json: JSONValue { .integer(self) } }
extension Double: JSONRepresentable {
    package var json: JSONValue { Int(exactly: self).map { .integer($0) } ?? .number(self) }
}
extension String: JSONRepresentable { package var json: JSONValue { .string(self) } }
extension RawRepresentable<String> where Self: JSONRepresentable { package var json: JSONValue { .string(rawValue) } }
