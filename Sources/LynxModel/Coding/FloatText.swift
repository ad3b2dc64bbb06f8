import FoundationEssentials
import Synchronization

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
