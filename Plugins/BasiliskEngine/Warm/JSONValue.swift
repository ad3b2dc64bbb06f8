/// Any JSON, compared by value: numbers by what they are, objects whatever the order of their keys.
enum JSONValue: Equatable, Decodable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    /// Leaves out the members of objects, at any depth, that have one of these names.
    func without(_ keys: Set<String>) -> JSONValue {
        switch self {
        case .object(let members): .object(members.filter { !keys.contains($0.key) }.mapValues { $0.without(keys) })
        case .array(let elements): .array(elements.map { $0.without(keys) })
        case .null, .bool, .integer, .number, .string: self
        }
    }
}
