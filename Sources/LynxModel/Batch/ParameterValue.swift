package import LynxDocument

/// The value of one parameter in a run configuration: mostly a number; `discrete` and `constant` may give others.
///
/// Whether a number is an integer is the author's choice, by how it is written: `1` is one, `1.0` and `1e0` are not.
public enum ParameterValue: Hashable, Sendable {
    case integer(Int64)
    case number(Double)
    case string(String)
    case bool(Bool)
}

extension ParameterValue {
    /// A float with a whole value; nil for anything else.
    var wholeFloat: Double? {
        if case .number(let value) = self, value == value.rounded(.towardZero) { value } else { nil }
    }

    /// An integer as a float, if a float can hold it exactly; anything else as it is.
    package var asFloat: ParameterValue {
        guard case .integer(let value) = self, let float = Double(exactly: value) else { return self }
        return .number(float)
    }
}

extension ParameterValue: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int64.self) {
            // Only a float has a negative zero.
            let isNegativeZero = value == 0 && (try? container.decode(Double.self))?.sign == .minus
            self = isNegativeZero ? .number(-0.0) : .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else {
            self = .string(try container.decode(String.self))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .integer(let value): try container.encode(value)
        case .number(let value):
            let floats = encoder.userInfo[WrittenNumbers.key] as? WrittenNumbers
            if let placeholder = floats?.placeholder(for: value) { try container.encode(placeholder) } else { try container.encode(value) }
        case .string(let value): try container.encode(value)
        case .bool(let value): try container.encode(value)
        }
    }
}

extension ParameterValue {
    /// As a simulator's input has it: the shortest text that reads back as the same value.
    package var plainText: String {
        switch self {
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .string(let value): value
        case .bool(let value): value ? "true" : "false"
        }
    }
}

extension FieldType where Value == ParameterValue {
    /// A number, a string or a boolean. Numbers written without a point and an exponent are integers, up to 64 bits of them.
    package static var parameterValue: FieldType {
        let expectation = "a number, a string, true or false"
        let schema: JSONValue = ["type": ["number", "string", "boolean"]]
        return FieldType(expectation, schema: { $0.reference("ParameterValue") { _ in schema } }) { field, diagnostics in
            guard let scalar = field.scalar(expectation, diagnostics) else { return nil }
            switch scalar.resolved {
            case .null:
                field.mismatch(expectation, diagnostics)
                return nil
            case .bool(let value): return .bool(value)
            case .string(let text):
                guard scalar.text.utf8.contains(0) else { return .string(text) }
                diagnostics.report("contains the control character U+0; remove it", at: field.node.mark, path: field.path)
                return nil
            default:
                if scalar.style == .plain, case .integer(let value) = scalar.resolved, let exact = Int64(exactly: value) { return .integer(exact) }
                return FieldType<Double>.number().read(field, diagnostics).map { .number($0) }
            }
        }
    }
}
