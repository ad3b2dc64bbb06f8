public import FoundationEssentials
import Synchronization

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
        let floats = FloatText()
        encoder.userInfo[FloatText.key] = floats
        return floats.restored(try encoder.encode(value))
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
        return try decoder.decode(type, from: data)
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

/// Keeps floats floats in JSON. Foundation's encoder writes 1.0 as `1` and −0.0 as `-0`, which readers such as Python take
/// for integers, with other arithmetic and without the sign.
///
/// A value that wants its point is encoded as a string that nothing else can be, and put in its place when all is written.
final class FloatText: Sendable {
    static let key = CodingUserInfoKey(rawValue: "org.tetryx.lynx.float-text")!

    /// Drawn anew by each process, so that no text from outside can be taken for it.
    private static let mark = "lynx-float-\(String(UInt64.random(in: .min ... .max), radix: 36)):"

    private let isUsed = Atomic(false)

    /// What to encode in the value's place; nil where the encoder's own way of writing it is a float's.
    func placeholder(for value: Double) -> String? {
        guard value == value.rounded(.towardZero), value.isFinite else { return nil }
        isUsed.store(true, ordering: .relaxed)
        return Self.mark + "\(value)"
    }

    /// The JSON with the values where their placeholders stand.
    func restored(_ json: Data) -> Data {
        guard isUsed.load(ordering: .relaxed) else { return json }
        let opening = Array("\"\(Self.mark)".utf8)
        var result = Data(capacity: json.count)
        var rest = json[...]
        while let start = rest.firstRange(of: opening) {
            result += rest[..<start.lowerBound]
            let number = rest[start.upperBound...].prefix { $0 != UInt8(ascii: "\"") }
            result += number
            rest = rest[number.endIndex...].dropFirst()
        }
        return result + rest
    }
}
