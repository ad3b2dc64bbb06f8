/// JSON values by their text: numbers and strings as written, objects independent of the order of their members.
///
/// Two runs of one program that write the same value write the same text, and texts that differ (`1` and `1.0`, `0.0` and
/// `-0.0`) are read as different values somewhere. `NaN` and `Infinity` are accepted, as Python writes them.
enum JSONText: Equatable, Sendable {
    /// A number or a keyword, as written.
    case word(String)
    /// The text between the quotes, as written.
    case string(String)
    case array([JSONText])
    case object([String: JSONText])

    private static let maxDepth = 256

    /// Nil if the bytes are not JSON, are nested too deeply, or repeat a member.
    init?(_ bytes: [UInt8]) {
        var reader = Reader(bytes: bytes)
        guard let value = reader.value(depth: 0) else { return nil }
        reader.skipSpace()
        guard reader.offset == bytes.count else { return nil }
        self = value
    }

    private struct Reader {
        let bytes: [UInt8]
        var offset = 0

        private var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

        mutating func skipSpace() {
            while let byte = next, byte == 0x20 || (0x09...0x0d).contains(byte) { offset += 1 }
        }

        private mutating func skip(_ character: Unicode.Scalar) -> Bool {
            skipSpace()
            guard next == UInt8(ascii: character) else { return false }
            offset += 1
            return true
        }

        mutating func value(depth: Int) -> JSONText? {
            guard depth < maxDepth else { return nil }
            if skip("{") { return object(depth: depth) }
            if skip("[") { return array(depth: depth) }
            if skip("\"") { return text().map { .string($0) } }
            return word()
        }

        private mutating func object(depth: Int) -> JSONText? {
            var members: [String: JSONText] = [:]
            if skip("}") { return .object(members) }
            repeat {
                guard skip("\""), let name = text(), skip(":"), let value = value(depth: depth + 1) else { return nil }
                guard members.updateValue(value, forKey: name) == nil else { return nil }
            } while skip(",")
            return skip("}") ? .object(members) : nil
        }

        private mutating func array(depth: Int) -> JSONText? {
            var elements: [JSONText] = []
            if skip("]") { return .array(elements) }
            repeat {
                guard let value = value(depth: depth + 1) else { return nil }
                elements.append(value)
            } while skip(",")
            return skip("]") ? .array(elements) : nil
        }

        /// Reads up to the closing quote and skips it.
        private mutating func text() -> String? {
            let start = offset
            while let byte = next {
                if byte == UInt8(ascii: "\"") {
                    offset += 1
                    return String(validating: bytes[start..<offset - 1], as: UTF8.self)
                }
                offset += byte == UInt8(ascii: "\\") ? 2 : 1
            }
            return nil
        }

        private mutating func word() -> JSONText? {
            let start = offset
            while let byte = next, Self.isPartOfWord(byte) { offset += 1 }
            let word = String(decoding: bytes[start..<offset], as: UTF8.self)
            let isKnown = ["true", "false", "null", "NaN", "Infinity", "-Infinity"].contains(word)
            // Other letters than an exponent's would be read as `inf` or as hexadecimal digits.
            let isNumber = word.utf8.allSatisfy { $0 < 0x41 || $0 | 0x20 == UInt8(ascii: "e") } && Double(word) != nil
            return isKnown || isNumber ? .word(word) : nil
        }

        private static func isPartOfWord(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
            case UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."): true
            default: false
            }
        }
    }
}

extension JSONText {
    /// The places where two values differ; `*` stands for any element of an array.
    ///
    /// Members that only one object has, and arrays of different lengths, count as a difference of the whole object or array.
    static func differences(_ one: JSONText, _ other: JSONText, ignoring names: Set<String>, at pointer: String = "") -> Set<String> {
        switch (one, other) {
        case (.object(let one), .object(let other)):
            let one = one.filter { !names.contains($0.key) }
            let other = other.filter { !names.contains($0.key) }
            guard one.keys == other.keys else { return [pointer] }
            return one.reduce(into: []) { found, member in
                found.formUnion(differences(member.value, other[member.key]!, ignoring: names, at: pointer + "/" + escaped(member.key)))
            }
        case (.array(let one), .array(let other)):
            guard one.count == other.count else { return [pointer] }
            return zip(one, other).reduce(into: []) { found, pair in
                found.formUnion(differences(pair.0, pair.1, ignoring: names, at: pointer + "/*"))
            }
        default: return one == other ? [] : [pointer]
        }
    }

    /// Calls `body` with each number and string, its place as in `differences`, and its exact position.
    func forEachLeaf(_ body: (_ place: String, _ spot: String, _ leaf: JSONText) -> Void) { forEachLeaf("", "", body) }

    private func forEachLeaf(_ place: String, _ spot: String, _ body: (String, String, JSONText) -> Void) {
        switch self {
        case .word, .string: body(place, spot, self)
        case .array(let elements):
            for (index, element) in elements.enumerated() { element.forEachLeaf(place + "/*", spot + "/\(index)", body) }
        case .object(let members):
            for (name, value) in members {
                let name = "/" + Self.escaped(name)
                value.forEachLeaf(place + name, spot + name, body)
            }
        }
    }

    /// The name as in a JSON pointer (RFC 6901); a member that is named `*` is distinguished from the wildcard.
    private static func escaped(_ name: String) -> String {
        guard name.utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "*") }) else { return name }
        return name.reduce(into: "") { result, character in
            switch character {
            case "~": result += "~0"
            case "/": result += "~1"
            case "*": result += "~2"
            default: result.append(character)
            }
        }
    }
}
