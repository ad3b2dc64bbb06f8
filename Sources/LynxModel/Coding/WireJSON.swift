public import FoundationEssentials

/// The one JSON dialect of the API, the runner protocol and the ledger: ISO 8601 dates in UTC with
/// milliseconds, keys in a stable order, slashes unescaped, parameters that are floats with a point or an exponent. Field names are spelled out by each type.
public enum WireJSON {
    public static func encode(_ value: some Encodable, pretty: Bool = false) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = pretty ? [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted] : [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(timestamp(date))
        }
        let numbers = WrittenNumbers()
        encoder.userInfo[WrittenNumbers.key] = numbers
        return numbers.restored(try encoder.encode(value))
    }

    public static func decode<Value: Decodable>(_ type: Value.Type, from data: Data) throws -> Value {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            let container = try decoder.singleValueContainer()
            let text = try container.decode(String.self)
            guard let date = date(text) else {
                throw DecodingError.dataCorruptedError(
                    in: container, debugDescription: "'\(text)' is not an ISO 8601 date such as 2026-01-31T12:00:00.000Z")
            }
            return date
        }
        guard type is any HoldsNumberLists.Type, let (json, lists) = LiftedNumbers.lift(from: data) else { return try decoder.decode(type, from: data) }
        decoder.userInfo[LiftedNumbers.key] = lists
        return try decoder.decode(type, from: json)
    }

    private static let withMilliseconds = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    /// `2026-01-31T12:00:00.000Z`, to the nearest millisecond.
    public static func timestamp(_ date: Date) -> String {
        // The style cuts off, and few milliseconds are whole in binary: what was read would be written as one less.
        withMilliseconds.format(date.addingTimeInterval(0.0005))
    }

    public static func date(_ text: String) -> Date? {
        (try? withMilliseconds.parse(text)) ?? (try? Date.ISO8601FormatStyle().parse(text))
    }
}
