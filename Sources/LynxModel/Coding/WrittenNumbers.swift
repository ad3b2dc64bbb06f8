import FoundationEssentials
import Synchronization

/// Numbers that Foundation's encoder would not write as they should be, or not soon enough.
///
/// It writes 1.0 as `1` and −0.0 as `-0`, which readers such as Python take for integers, with other arithmetic and without
/// the sign; and it takes ten times as long for a list of numbers as their digits do. Both are encoded as a string that nothing else
/// can be, and put in its place when all is written.
final class WrittenNumbers: Sendable {
    static let key = CodingUserInfoKey(rawValue: "org.tetryx.lynx.written-numbers")!

    /// Drawn anew by each process, so that no text from outside can be taken for it.
    private static let mark = "lynx-number-\(String(UInt64.random(in: .min ... .max), radix: 36)):"

    private let isUsed = Atomic(false)

    /// What to encode in the value's place; nil where the encoder's own way of writing it is a float's.
    func placeholder(for value: Double) -> String? {
        guard value == value.rounded(.towardZero), value.isFinite else { return nil }
        isUsed.store(true, ordering: .relaxed)
        return Self.mark + "\(value)"
    }

    /// What to encode in the list's place; nil if JSON cannot hold one of the values.
    func placeholder(for values: [Double]) -> String? {
        guard values.allSatisfy(\.isFinite) else { return nil }
        isUsed.store(true, ordering: .relaxed)
        var text = Self.mark + "["
        text.reserveCapacity(text.utf8.count + 20 * values.count)
        for value in values {
            let digits = value.description
            // As the encoder writes numbers elsewhere: a series says nothing by a point, except for the sign of zero.
            text += digits.hasSuffix(".0") && digits != "-0.0" ? digits.dropLast(2) : digits[...]
            text += ","
        }
        if !values.isEmpty { text.removeLast() }
        return text + "]"
    }

    /// The JSON with the numbers where their placeholders stand.
    func restored(_ json: Data) -> Data {
        guard isUsed.load(ordering: .relaxed) else { return json }
        let opening = Array("\"\(Self.mark)".utf8)
        return json.withUnsafeBytes { json in
            var result = Data(capacity: json.count)
            var place = 0
            while let start = json.first(opening, from: place), let end = json.first([UInt8(ascii: "\"")], from: start + opening.count) {
                result.append(contentsOf: json[place..<start])
                result.append(contentsOf: json[(start + opening.count)..<end])
                place = end + 1
            }
            result.append(contentsOf: json[place...])
            return result
        }
    }
}
