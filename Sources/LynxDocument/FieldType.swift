/// A value found in a document, with all that a message about it needs.
package struct Field: Sendable {
    package var node: Node
    package var path: FieldPath
    /// Where the value is introduced: its key, or the value itself in a list.
    package var mark: Mark

    package init(node: Node, path: FieldPath, mark: Mark) {
        self.node = node
        self.path = path
        self.mark = mark
    }
}

/// How to read one kind of value from a tree.
package struct FieldType<Value>: Sendable {
    /// What the user is told to give: "a whole number".
    package let expectation: String
    /// What a JSON schema says of such values.
    package let schema: @Sendable (SchemaParts) -> JSONValue
    /// Gives nil exactly when it has reported why.
    package let read: @Sendable (Field, DiagnosticCollector) -> Value?

    package init(
        _ expectation: String, schema: @escaping @Sendable (SchemaParts) -> JSONValue,
        read: @escaping @Sendable (Field, DiagnosticCollector) -> Value?
    ) {
        self.expectation = expectation
        self.schema = schema
        self.read = read
    }

    /// A further condition: `check` gives what is wrong, as `what is wrong; what would be right`, or nil.
    ///
    /// - Parameter keywords: what the condition adds to the schema, as far as a schema can say it.
    package func checked(schema keywords: JSONValue = [:], _ check: @escaping @Sendable (Value) -> String?) -> FieldType {
        FieldType(expectation, schema: { [schema] in schema($0).adding(keywords) }) { field, diagnostics in
            guard let value = read(field, diagnostics) else { return nil }
            guard let problem = check(value) else { return value }
            diagnostics.report(problem, at: field.node.mark, path: field.path)
            return nil
        }
    }

    package func map<Other>(_ transform: @escaping @Sendable (Value) -> Other) -> FieldType<Other> {
        FieldType<Other>(expectation, schema: schema) { field, diagnostics in read(field, diagnostics).map(transform) }
    }
}

extension Field {
    package func mismatch(_ expectation: String, _ diagnostics: DiagnosticCollector, hint: String? = nil) {
        let message = node.isNull ? "is empty; give \(expectation)" : "expected \(expectation), found \(node.found)"
        diagnostics.report(message + (hint.map { "; \($0)" } ?? ""), at: node.mark, path: path)
    }

    /// The scalar, or nil after a report.
    package func scalar(_ expectation: String, _ diagnostics: DiagnosticCollector) -> Scalar? {
        if case .scalar(let scalar) = node.content { return scalar }
        mismatch(expectation, diagnostics)
        return nil
    }
}

extension FieldType {
    /// Items of one type; `name` is the plural of what they are: "engine ids".
    package static func list<Item>(of item: FieldType<Item>, named name: String, minimum: Int = 0) -> FieldType where Value == [Item] {
        let schema: @Sendable (SchemaParts) -> JSONValue = { parts in
            JSONValue.object(["type": "array", "items": item.schema(parts)]).adding(minimum > 0 ? ["minItems": .integer(minimum)] : [:])
        }
        return FieldType("a list of \(name)", schema: schema) { field, diagnostics in
            let items: [Field]
            switch field.node.content {
            case .sequence(let nodes):
                items = nodes.enumerated().map { Field(node: $1, path: field.path.appending(index: $0), mark: $1.mark) }
            case .scalar(let scalar) where scalar.style == .untyped:
                items = scalar.commaSeparated.map { Field(node: Node(.scalar($0), at: field.node.mark), path: field.path, mark: field.mark) }
            default:
                field.mismatch("a list of \(name)", diagnostics, hint: "write [a, b], or one '- item' per line")
                return nil
            }
            guard items.count >= minimum else {
                diagnostics.report("is an empty list; give at least \(minimum)", at: field.node.mark, path: field.path)
                return nil
            }
            let values = items.map { item.read($0, diagnostics) }
            return values.contains { $0 == nil } ? nil : values.compactMap(\.self)
        }
    }

    /// Any keys, each with a value of one type.
    package static func dictionary<Item>(
        of item: FieldType<Item>, named name: String, key: FieldType<String>
    ) -> FieldType where Value == [String: Item] {
        FieldType("a mapping from \(name)", schema: { ["type": "object", "additionalProperties": item.schema($0)] }) { field, diagnostics in
            guard case .mapping(let mapping) = field.node.content else {
                field.mismatch("a mapping from \(name)", diagnostics)
                return nil
            }
            var values: [String: Item] = [:]
            var isWhole = true
            for entry in mapping.entries {
                let path = field.path.appending(entry.key)
                let keyNode = Node(.scalar(Scalar(entry.key, style: .quoted)), at: entry.keyMark)
                let keyValue = key.read(Field(node: keyNode, path: path, mark: entry.keyMark), diagnostics)
                let value = item.read(Field(node: entry.value, path: path, mark: entry.keyMark), diagnostics)
                if let keyValue, let value { values[keyValue] = value } else { isWhole = false }
            }
            return isWhole ? values : nil
        }
    }

    /// Known fields; those that `read` does not ask for are reported as unknown.
    ///
    /// - Parameter name: what the mapping describes: "a stopping condition".
    package static func mapping(
        _ name: String, read: @escaping @Sendable (MappingReader) -> Value?
    ) -> FieldType {
        let expectation = "\(name) (a mapping of fields)"
        return FieldType(expectation, schema: { MappingReader.schema(of: name, $0, read) }) { field, diagnostics in
            guard case .mapping(let mapping) = field.node.content else {
                field.mismatch(expectation, diagnostics)
                return nil
            }
            let reader = MappingReader(mapping, name: name, path: field.path, mark: field.mark, diagnostics: diagnostics)
            let value = read(reader)
            reader.reportUnknownKeys()
            return value
        }
    }
}

extension FieldType {
    /// A mapping whose field `key` says which further fields it has.
    ///
    /// - Parameters:
    ///   - name: what the mapping describes: "a distribution".
    ///   - kindName: the same of one kind: "the distribution 'uniform'".
    package static func variants<Kind: CaseIterable & RawRepresentable<String> & Sendable>(
        _ name: String, by key: String, _ documentation: String, naming kindName: @escaping @Sendable (Kind) -> String,
        read: @escaping @Sendable (Kind, MappingReader) -> Value?
    ) -> FieldType {
        let plain = mapping(name) { fields in
            guard let kind = fields.required(key, .choice() as FieldType<Kind>, documentation) else {
                fields.acceptUnknownKeys()
                return nil
            }
            fields.describe(as: kindName(kind))
            return read(kind, fields)
        }
        let schema: @Sendable (SchemaParts) -> JSONValue = { parts in
            let kinds = Kind.allCases.map { kind in
                var schema = MappingReader.schema(of: kindName(kind), parts) { read(kind, $0) }
                schema["properties"][key] = ["const": .string(kind.rawValue)]
                schema["required"] = .array([.string(key)] + schema["required"].array)
                return schema
            }
            return ["oneOf": .array(kinds)]
        }
        return FieldType(plain.expectation, schema: schema, read: plain.read)
    }
}

extension Scalar {
    fileprivate var commaSeparated: [Scalar] {
        guard text.contains(where: { $0 != " " }) else { return [] }
        return text.unicodeScalars.split(separator: ",", omittingEmptySubsequences: false).map { part in
            let start = part.drop { $0 == " " }
            let end = start.lastIndex { $0 != " " }.map { String(start[...$0]) } ?? ""
            return Scalar(end, style: .untyped)
        }
    }
}
