import EngineKit
import LynxModel

/// One value for one of PX4's parameters, as it is handed to PX4 and expected to be read back.
struct VehicleParameter: Hashable, Sendable {
    let name: String
    /// The value as written into the environment.
    let text: String
    let value: Double

    /// The length of a name that MAVLink has room for.
    static let mostCharacters = 16

    /// What SIH divides by; the build's own limits allow 0, with which no vehicle ever becomes ready.
    private static let divisors: Set = ["SIH_MASS", "SIH_IXX", "SIH_IYY", "SIH_IZZ", "SIH_T_TAU"]

    /// PX4's own rule for names.
    static func isName(_ key: String) -> Bool {
        guard let first = key.utf8.first, (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(first), (2...mostCharacters).contains(key.utf8.count) else {
            return false
        }
        return key.utf8.allSatisfy { byte in
            (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || byte == UInt8(ascii: "_")
        }
    }

    /// - Parameters:
    ///   - list: what the build knows; nil: unknown, so the type follows from the value.
    ///   - source: where it was given, for messages: `dispersions`.
    /// - Throws: what is wrong with the name or the value, before anything flies.
    init(_ name: String, _ given: ParameterValue, in list: ParameterList?, source: String) throws(EngineError) {
        self.name = name
        let definition = list?[name], kind = definition?.kind
        if let list, definition == nil {
            let remedy = list.nearest(to: name).map { "; did you mean \($0)?" } ?? "; see the build's parameters.json"
            throw .invalid("\(source): this PX4 build has no parameter \(name)\(remedy)")
        }
        switch given {
        case .integer(let number):
            value = Double(number)
            text = String(number)
        case .bool(let flag):
            value = flag ? 1 : 0
            text = flag ? "1" : "0"
        case .number(let number):
            guard number.isFinite else { throw .invalid("\(source): \(name) is \(number); give a finite number") }
            value = number
            // PX4 reads an integer parameter up to the first character that is no digit.
            text = kind == .integer && number == number.rounded() ? String(format(number)) : number.description
        case .string(let word):
            throw .invalid("\(source): \(name) is '\(word)'; PX4 would take a word for 0: give a number")
        }
        if let limits = definition?.limits(brokenBy: value) {
            throw .invalid("\(source): \(name) is \(given.plain), and this PX4 build's limits are \(limits); give a value within them")
        }
        if Self.divisors.contains(name), value <= 0 {
            throw .invalid("\(source): \(name) is \(given.plain), and PX4's simulator divides by it; give more than 0")
        }
        guard kind == .integer else { return }
        guard value == value.rounded(), (Double(Int32.min)...Double(Int32.max)).contains(value) else {
            throw .invalid("\(source): \(name) is \(given.plain), but PX4 keeps it as a whole number of 32 bits; give such a one")
        }
    }

    /// For a value that is known to be fit.
    init(_ name: String, _ value: Double) {
        self.name = name
        self.value = value
        text = value.description
    }
}

private func format(_ number: Double) -> Int64 { Int64(exactly: number) ?? (number < 0 ? .min : .max) }

extension ParameterValue {
    /// The value as a person wrote it.
    var plain: String {
        switch self {
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .string(let value): value
        case .bool(let value): "\(value)"
        }
    }
}
