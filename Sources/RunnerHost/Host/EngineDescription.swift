package import LynxDocument

/// What an engine says of itself and of its configuration.
package struct EngineDescription: Sendable {
    private let engine: EngineLibrary

    package init(_ engine: EngineLibrary) { self.engine = engine }

    /// For a terminal.
    package var lines: [String] {
        var lines = ["\(engine.id) \(engine.version) (\(engine.displayName)), ABI \(engine.abi), \(engine.path)"]
        guard let declaration = engine.declaration else {
            return lines + ["does not declare its configuration: engine_options.\(engine.id) may have any options, which the engine checks"]
        }
        for key in declaration.keys {
            lines += ["", "  \(key.key): \(key.typeText)" + key.notes.map { "; \($0)" }.joined()]
            if !key.documentation.isEmpty { lines.append("      \(key.documentation)") }
        }
        return lines
    }

    /// The same as JSON: `configuration` is null for an engine that does not declare it; `schema` is the JSON schema of the engine's
    /// section of `engine_options`.
    package var json: JSONValue {
        let parts = SchemaParts(prefix: "#/$defs/")
        let schema = engine.declaration.map { declaration in
            declaration.options(at: .section, hostKeys: RunnerConfiguration.hostKeyTypes).schema(parts)
                .adding(["$schema": "https://json-schema.org/draft/2020-12/schema", "title": .string("engine_options.\(engine.id)")])
        }
        let definitions: JSONValue = parts.definitions.isEmpty ? [:] : ["$defs": .object(parts.definitions)]
        return [
            "id": .string(engine.id), "version": .string(engine.version), "display_name": .string(engine.displayName), "abi": .string(engine.abi),
            "file": .string(engine.path), "configuration": engine.declaration.map { .array($0.keys.map(\.json)) } ?? .null,
            "schema": schema?.adding(definitions) ?? .null,
        ]
    }
}

extension DeclaredKey {
    fileprivate var typeNames: [String] { Types.names.filter { types.contains($0.0) }.map(\.1) }

    /// The types with their limits, such as `number above 0, at most 1`.
    fileprivate var typeText: String {
        var text = typeNames.isEmpty ? "anything" : typeNames.joined(separator: " or ")
        if types.contains(.choice) { text += " (\(choices.joined(separator: ", ")))" }
        if traits.contains(.oneOrMore) { text += ", or one item alone" }
        let low = minimum.isFinite ? (traits.contains(.aboveMinimum) ? "above" : "from") + " \(Shown.number(minimum))" : nil
        let limits = [low, maximum.isFinite ? "to \(Shown.number(maximum))" : nil].compactMap(\.self)
        return ([text] + limits).joined(separator: " ") + (units.isEmpty ? "" : " [\(units)]")
    }

    fileprivate var notes: [String] {
        [
            defaultValue.isEmpty ? nil : "default \(defaultValue)", traits.contains(.required) ? "required" : nil,
            traits.contains(.fromRunner) ? "by default the runner's own" : nil, traits.contains(.entrypoint) ? "the entrypoint" : nil,
            isTop && traits.contains(.batch) ? "a batch may set it" : nil,
        ].compactMap(\.self)
    }

    fileprivate var json: JSONValue {
        var fields: [String: JSONValue] = [
            "key": .string(key), "types": .array(typeNames.map { .string($0) }), "documentation": .string(documentation),
            "required": .bool(traits.contains(.required)), "batch": .bool(traits.contains(.batch)), "from_runner": .bool(traits.contains(.fromRunner)),
            "entrypoint": .bool(traits.contains(.entrypoint)), "one_or_more": .bool(traits.contains(.oneOrMore)),
        ]
        if !defaultValue.isEmpty { fields["default"] = .string(defaultValue) }
        if !units.isEmpty { fields["units"] = .string(units) }
        if !choices.isEmpty { fields["choices"] = .array(choices.map { .string($0) }) }
        if minimum.isFinite { fields[traits.contains(.aboveMinimum) ? "above" : "minimum"] = minimum.json }
        if maximum.isFinite { fields["maximum"] = maximum.json }
        return .object(fields)
    }
}
