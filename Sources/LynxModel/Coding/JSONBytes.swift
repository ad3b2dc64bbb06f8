import Glibc

/// Searching JSON for lists of numbers.
extension UnsafeRawBufferPointer {
    /// Where the bytes come next.
    func first(_ bytes: [UInt8], from place: Int) -> Int? {
        guard let base = baseAddress else { return nil }
        var place = place
        while place + bytes.count <= count, let found = memchr(base + place, CInt(bytes[0]), count - bytes.count - place + 1) {
            place = UnsafeRawPointer(found) - base
            if memcmp(base + place, bytes, bytes.count) == 0 { return place }
            place += 1
        }
        return nil
    }

    /// Whether the key, whose opening quote it contains, ends just before the place. A quote after a backslash opens nothing.
    func hasKey(_ key: [UInt8], endingAt place: Int) -> Bool {
        let start = place - key.count
        guard start > 0 else { return false }
        return self[start..<place].elementsEqual(key) && self[start - 1] != UInt8(ascii: "\\")
    }

    /// The numbers of a list, from after its opening bracket to after its closing one; nil if it is not made of finite numbers
    /// alone, without blanks.
    func numbers(from start: Int) -> (values: [Double], end: Int)? {
        var values: [Double] = []
        var place = start
        if place < count, self[place] == UInt8(ascii: "]") { return ([], place + 1) }
        while let (value, end) = number(from: place), end < count {
            values.append(value)
            place = end + 1
            switch self[end] {
            case UInt8(ascii: ","): continue
            case UInt8(ascii: "]"): return (values, place)
            default: return nil
            }
        }
        return nil
    }

    /// A number as RFC 8259 has it (section 6), and where it ends, before the end of the text.
    private func number(from start: Int) -> (value: Double, end: Int)? {
        var place = start
        func skip(_ bytes: ClosedRange<UInt8>) -> Bool {
            let before = place
            while place < count, bytes.contains(self[place]) { place += 1 }
            return place > before
        }
        func takes(_ byte: Unicode.Scalar) -> Bool {
            guard place < count, self[place] == UInt8(ascii: byte) else { return false }
            place += 1
            return true
        }
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        _ = takes("-")
        if !takes("0"), !skip(digits) { return nil }
        if takes("."), !skip(digits) { return nil }
        if takes("e") || takes("E") {
            if !takes("+") { _ = takes("-") }
            if !skip(digits) { return nil }
        }
        // What follows ends the number for strtod, too.
        guard place < count, let base = baseAddress else { return nil }
        let value = strtod((base + start).assumingMemoryBound(to: CChar.self), nil)
        return value.isFinite ? (value, place) : nil
    }
}
