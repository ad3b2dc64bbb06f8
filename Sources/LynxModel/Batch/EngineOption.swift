package import LynxDocument

/// An option of an engine, which the engine alone interprets: a value, or a list or group of further options.
public indirect enum EngineOption: Hashable, Sendable {
    case value(ParameterValue)
    case list([EngineOption])
    case group([String: EngineOption])
}

extension EngineOption: Codable {
    public init(from decoder: any Decoder) throws {
        if let members = try? [String: EngineOption](from: decoder) {
            self = .group(members)
        } else if let elements = try? [EngineOption](from: decoder) {
            self = .list(elements)
        } else {
            self = .value(try ParameterValue(from: decoder))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .value(let value): try value.encode(to: encoder)
        case .list(let elements): try elements.encode(to: encoder)
        case .group(let members): try members.encode(to: encoder)
        }
    }
}

extension [String: EngineOption] {
    /// The options as engines receive them: a text for each value, under the names of its groups and the indices of its lists,
    /// joined by dots.
    package var settings: [String: String] {
        reduce(into: [:]) { settings, option in option.value.add(to: &settings, as: option.key) }
    }
}

extension EngineOption {
    fileprivate func add(to settings: inout [String: String], as key: String) {
        switch self {
        case .value(let value): settings[key] = value.plainText
        case .list(let elements):
            for (index, element) in elements.enumerated() { element.add(to: &settings, as: "\(key).\(index)") }
        case .group(let members):
            for (name, member) in members { member.add(to: &settings, as: "\(key).\(name)") }
        }
    }
}

extension FieldType where Value == EngineOption {
    package static var engineOption: FieldType {
        // Engines receive the value as text, and 2.0 in place of 2 would not be a whole number.
        let value: FieldType<ParameterValue> = .parameterValue.map { value -> ParameterValue in
            guard case .number(let number) = value, let whole = Int64(exactly: number) else { return value }
            return .integer(whole)
        }
        let expectation = "a value, a list or a mapping of these"
        let schema: @Sendable (SchemaParts) -> JSONValue = { parts in
            parts.reference("EngineOption") { parts in
                let member = FieldType.engineOption.schema(parts)
                return ["anyOf": [value.schema(parts), ["type": "array", "items": member], ["type": "object", "additionalProperties": member]]]
            }
        }
        return FieldType(expectation, schema: schema) { field, diagnostics in
            switch field.node.content {
            case .scalar: value.read(field, diagnostics).map { .value($0) }
            case .sequence:
                FieldType<[EngineOption]>.list(of: .engineOption, named: "options").read(field, diagnostics).map { .list($0) }
            case .mapping: FieldType<[String: EngineOption]>.engineOptionGroup.read(field, diagnostics).map { .group($0) }
            }
        }
    }
}

extension FieldType where Value == [String: EngineOption] {
    package static var engineOptionGroup: FieldType { dictionary(of: .engineOption, named: "option names to values", key: .line()) }
}

extension FieldType where Value == [String: String] {
    /// Variables for a simulation's environment. Those of the runner itself cannot be set.
    package static var environment: FieldType {
        let name: FieldType<String> = .line(maximum: 256).checked { name in
            if name.utf8.contains(UInt8(ascii: "=")) { return "\(Excerpt.quoted(name)) contains '='; give a variable's name alone" }
            return ["TETRYX_", "LYNX_"].contains(where: name.hasPrefix)
                ? "\(Excerpt.quoted(name)) is set by the runner; choose a name that begins with neither TETRYX_ nor LYNX_" : nil
        }
        let value: FieldType<String> = FieldType<ParameterValue>.parameterValue.map { $0.plainText }.checked {
            $0.utf8.contains(0) ? "contains a zero byte; remove it" : nil
        }
        return dictionary(of: value, named: "variables to their values", key: name)
    }
}
