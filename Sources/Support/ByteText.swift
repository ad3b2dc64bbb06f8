extension Sequence<UInt8> {
    /// The bytes as text, two lower-case hexadecimal digits for each byte.
    package var hexadecimal: String {
        String(decoding: flatMap { [Digits.lower[Int($0 >> 4)], Digits.lower[Int($0 & 15)]] }, as: UTF8.self)
    }
}

extension StringProtocol {
    /// The bytes of the text as part of a URL (RFC 3986): all but letters, digits, `-`, `.`, `_`, `~` and those in `kept` become
    /// `%` and two upper-case digits.
    package func percentEncoded(keeping kept: String = "") -> String {
        let kept = Array(kept.utf8)
        var encoded: [UInt8] = []
        encoded.reserveCapacity(utf8.count)
        for byte in utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
                encoded.append(byte)
            case _ where kept.contains(byte):
                encoded.append(byte)
            default:
                encoded += [UInt8(ascii: "%"), Digits.upper[Int(byte >> 4)], Digits.upper[Int(byte & 15)]]
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }
}

private enum Digits {
    static let lower = Array("0123456789abcdef".utf8)
    static let upper = Array("0123456789ABCDEF".utf8)
}
