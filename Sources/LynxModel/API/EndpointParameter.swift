package import LynxDocument

/// A parameter of endpoints: what the server reads it by, and the API's description shows.
package struct EndpointParameter: Hashable, Sendable {
    package enum Place: Hashable, Sendable {
        case path
        /// All that is left of the path, slashes included.
        case restOfPath
        case query
        case header
    }

    package enum Kind: Hashable, Sendable {
        /// Text, with what else a JSON schema can say of it.
        case text(JSONValue = [:])
        /// A whole number; `Int.max` is no bound.
        case integer(ClosedRange<Int>, default: Int? = nil)
        case number
        /// One of some names; `schema` is the component that lists them, if it is one.
        case choice([String], default: String? = nil, schema: String? = nil)

        /// The most characters that a text may have, if there is a limit.
        package var maximumLength: Int? {
            guard case .text(.object(let schema)) = self, case .integer(let length) = schema["maxLength"] else { return nil }
            return length
        }
    }

    package let place: Place
    /// As it is sent.
    package let name: String
    package let kind: Kind
    package let remarks: String
    package let isRequired: Bool
    package let example: String?
    /// The component under which the API's description shows it once for all endpoints; nil: with its endpoint.
    package let component: String?

    package init(
        _ place: Place, _ name: String, _ kind: Kind, _ remarks: String, isRequired: Bool = false, example: String? = nil,
        component: String? = nil
    ) {
        self.place = place
        self.name = name
        self.kind = kind
        self.remarks = remarks
        self.isRequired = isRequired || place == .path || place == .restOfPath
        self.example = example
        self.component = component
    }
}

extension EndpointParameter.Kind {
    static func choice<Value: CaseIterable & RawRepresentable<String>>(
        of type: Value.Type, default standard: Value? = nil, isComponent: Bool = false
    ) -> Self {
        .choice(type.allCases.map(\.rawValue), default: standard?.rawValue, schema: isComponent ? "\(type)" : nil)
    }

    package var schema: JSONValue {
        switch self {
        case .text(let keywords): return JSONValue.object(["type": "string"]).adding(keywords)
        case .integer(let bounds, let standard):
            var schema: JSONValue = ["type": "integer", "minimum": .integer(bounds.lowerBound)]
            if bounds.upperBound < .max { schema["maximum"] = .integer(bounds.upperBound) }
            if let standard { schema["default"] = .integer(standard) }
            return schema
        case .number: return ["type": "number"]
        case .choice(_, _, let component?): return ["$ref": "#/components/schemas/\(component)"]
        case .choice(let names, let standard, nil):
            let schema: JSONValue = ["type": "string", "enum": .array(names.map { .string($0) })]
            return schema.adding(standard.map { ["default": .string($0)] } ?? [:])
        }
    }
}
