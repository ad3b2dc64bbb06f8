/// What a `Range` header asks for of a content. Pure.
///
/// Source: RFC 9110, section 14.
enum ByteRange: Hashable, Sendable {
    case whole
    case part(Range<Int64>)
    case unsatisfiable

    /// Only one range of bytes is ever served; what isn't understood, and lists of ranges, get the whole, as
    /// the RFC allows.
    init(header: String?, size: Int64) {
        self = .whole
        guard let header, header.lowercased().hasPrefix("bytes=") else { return }
        let text = header.dropFirst(6).filter { $0 != " " }
        let parts = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[1].contains(","), !parts[1].contains("-") else { return }
        func number(_ digits: Substring) -> Int64? {
            guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
            return Int64(digits) ?? .max
        }
        if parts[0].isEmpty {
            guard let count = number(parts[1][...]) else { return }
            self = count == 0 || size == 0 ? .unsatisfiable : .part(max(0, size - count)..<size)
            return
        }
        guard let first = number(parts[0][...]), parts[1].isEmpty || number(parts[1][...]) != nil else { return }
        let last = number(parts[1][...]) ?? .max
        guard first <= last else { return }
        self = first >= size ? .unsatisfiable : .part(first..<(min(last, size - 1) + 1))
    }
}
