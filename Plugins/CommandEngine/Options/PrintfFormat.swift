import Glibc
import LynxDocument
package import LynxModel

/// One conversion of printf(3), such as `%.6e`, for one value.
package struct PrintfFormat: Hashable, Sendable, CustomStringConvertible {
    package struct Problem: Error, Hashable, Sendable {
        package var message: String
    }

    /// The flags, width and precision: what stands between `%` and the conversion.
    private let modifiers: String
    private let conversion: Character

    package var description: String { "%\(modifiers)\(conversion)" }

    /// - Throws: if it is not one conversion of a number or text, or has a width or precision above 999.
    package init(_ text: String) throws(Problem) {
        let problem = Problem(message: "is not a format; give such as %.6e, %d or %08.3f")
        guard text.first == "%", let conversion = text.last, "diuxXoeEfFgGs".contains(conversion), text.utf8.count <= 16 else { throw problem }
        let modifiers = text.dropFirst().dropLast()
        let rest = modifiers.drop { "-+ 0#".contains($0) }
        let numbers = rest.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard numbers.allSatisfy({ $0.count <= 3 && $0.allSatisfy { ("0"..."9").contains($0) } }) else { throw problem }
        self.modifiers = String(modifiers)
        self.conversion = conversion
    }

    /// - Throws: if the value is not of the conversion's kind.
    package func text(of value: ParameterValue) throws(Problem) -> String {
        switch conversion {
        case "s": return format("\(description)", value.plainText)
        case "d", "i", "u", "x", "X", "o": return formatted(try whole(value))
        default: return formatted(try number(value))
        }
    }

    private func whole(_ value: ParameterValue) throws(Problem) -> Int64 {
        switch value {
        case .integer(let value): return value
        case .bool(let value): return value ? 1 : 0
        case .number(let value):
            guard let whole = Int64(exactly: value) else { throw Problem(message: "needs a whole number, and the value is \(value); use such as %.0f or %g") }
            return whole
        case .string(let text):
            guard let whole = Int64(text) else { throw Problem(message: "needs a whole number, and the value is \(Excerpt.quoted(text)); use %s") }
            return whole
        }
    }

    private func number(_ value: ParameterValue) throws(Problem) -> Double {
        switch value {
        case .integer(let value): return Double(value)
        case .number(let value): return value
        case .bool(let value): return value ? 1 : 0
        case .string(let text): throw Problem(message: "needs a number, and the value is \(Excerpt.quoted(text)); use %s")
        }
    }

    private func formatted(_ value: Int64) -> String {
        Self.print("%\(modifiers)ll\(conversion)", [value])
    }

    private func formatted(_ value: Double) -> String { Self.print(description, [value]) }

    private func format(_ format: String, _ text: String) -> String {
        text.withCString { Self.print(format, [OpaquePointer($0)]) }
    }

    private static func print(_ format: String, _ arguments: [any CVarArg]) -> String {
        let count = Int(withVaList(arguments) { vsnprintf(nil, 0, format, $0) })
        let bytes = [CChar](unsafeUninitializedCapacity: count + 1) { buffer, filled in
            filled = count
            _ = withVaList(arguments) { vsnprintf(buffer.baseAddress, buffer.count, format, $0) }
        }
        return String(decoding: bytes.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
