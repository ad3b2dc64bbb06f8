import FoundationEssentials

/// A list of finite numbers, such as the points of a series, which JSON has by the thousand: `WireJSON` writes and reads it in
/// one piece.
@propertyWrapper
public struct NumberList: Codable, Hashable, Sendable {
    /// The keys below which `HoldsNumberLists` has them, with the opening quote.
    static let keys = ["time_s", "values"].map { Array("\"\($0)".utf8) }

    public var wrappedValue: [Double]

    public init(wrappedValue: [Double]) { self.wrappedValue = wrappedValue }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let lists = decoder.userInfo[LiftedNumbers.key] as? LiftedNumbers, let text = try? container.decode(String.self), let values = lists[text] {
            wrappedValue = values
        } else {
            wrappedValue = try container.decode([Double].self)
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let text = (encoder.userInfo[WrittenNumbers.key] as? WrittenNumbers)?.placeholder(for: wrappedValue) {
            try container.encode(text)
        } else {
            try container.encode(wrappedValue)
        }
    }
}

/// What has nothing but a `NumberList` below the keys `time_s` and `values`.
protocol HoldsNumberLists {}

/// Lists of numbers taken out of JSON before Foundation's decoder reads it, which takes several times as long for each number
/// as parsing its digits does.
final class LiftedNumbers: Sendable {
    static let key = CodingUserInfoKey(rawValue: "org.tetryx.lynx.lifted-numbers")!

    private static let mark = "lynx-list-\(String(UInt64.random(in: .min ... .max), radix: 36)):"

    private let lists: [[Double]]

    private init(_ lists: [[Double]]) { self.lists = lists }

    /// The list that the text stands for; nil if it stands for none.
    subscript(_ text: String) -> [Double]? {
        guard text.hasPrefix(Self.mark), let number = Int(text.dropFirst(Self.mark.count)), lists.indices.contains(number) else { return nil }
        return lists[number]
    }

    /// The JSON with a string in the place of each list of numbers below one of `NumberList.keys`; nil if there are none. What is no
    /// list of finite numbers stays for the decoder to refuse.
    static func lift(from json: Data) -> (json: Data, lists: LiftedNumbers)? {
        json.withUnsafeBytes { json in
            var lists: [[Double]] = []
            var result = Data()
            var (place, kept) = (0, 0)
            while let colon = json.first(Array("\":[".utf8), from: place) {
                place = colon + 3
                guard NumberList.keys.contains(where: { json.hasKey($0, endingAt: colon) }), let list = json.numbers(from: place) else { continue }
                result.append(contentsOf: json[kept..<(colon + 2)])
                result.append(contentsOf: Array("\"\(mark)\(lists.count)\"".utf8))
                lists.append(list.values)
                (place, kept) = (list.end, list.end)
            }
            guard kept > 0 else { return nil }
            result.append(contentsOf: json[kept...])
            return (result, LiftedNumbers(lists))
        }
    }
}
