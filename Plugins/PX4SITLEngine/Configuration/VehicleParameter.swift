import EngineKit
import FoundationEssentials
import LynxDocument
import LynxModel

/// One value for a PX4 parameter, as it is passed to PX4 and expected to be read back.
struct VehicleParameter: Hashable, Sendable {
    let name: String
    /// The value as text for the environment.
    let text: String
    let value: Double

    /// The longest name in MAVLink.
    static let mostCharacters = 16

    /// Parameters that SIH divides by; the build's own limits allow 0, with which no vehicle ever becomes ready.
    private static let divisors: Set = ["SIH_MASS", "SIH_IXX", "SIH_IYY", "SIH_IZZ", "SIH_T_TAU"]

    /// Whether a name follows PX4's rule for parameter names.
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
    ///   - list: the build's parameters; nil if unknown, and then the type follows from the value.
    ///   - source: the place of the value for messages, such as `dispersions`.
    /// - Throws: an error if the name or the value is invalid.
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
            // PX4 reads an integer parameter up to the first character that is not a digit.
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

    /// Creates a parameter with a value that is known to be valid.
    init(_ name: String, _ value: Double) {
        self.name = name
        self.value = value
        text = value.description
    }
}

private func format(_ number: Double) -> Int64 { Int64(exactly: number) ?? (number < 0 ? .min : .max) }

extension ParameterValue {
    /// The value as a user would write it.
    var plain: String {
        switch self {
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .string(let value): value
        case .bool(let value): "\(value)"
        }
    }
}

/// The parameters that a PX4 build knows, from the list that the build generates.
struct ParameterList: Sendable {
    enum Kind: String, Decodable, Sendable {
        case integer = "Int32"
        case float = "Float"
    }

    /// The definition of one parameter.
    struct Definition: Hashable, Sendable {
        var kind: Kind
        var least: Double?
        var most: Double?

        /// The description of the valid values if `value` is not valid, otherwise nil. PX4 itself accepts any value.
        func limits(brokenBy value: Double) -> String? {
            // Compared as floats, as PX4 stores them: 0.1 does not exceed a limit of 0.1.
            let isLess = least.map { Float(value) < Float($0) } ?? false, isMore = most.map { Float(value) > Float($0) } ?? false
            guard isLess || isMore else { return nil }
            return switch (least, most) {
            case (let least?, let most?): "from \(Self.short(least)) to \(Self.short(most))"
            case (let least?, nil): "\(Self.short(least)) or more"
            case (_, let most): "\(Self.short(most ?? 0)) or less"
            }
        }

        private static func short(_ value: Double) -> String { Int64(exactly: value).map { "\($0)" } ?? "\(value)" }
    }

    private let definitions: [String: Definition]

    private struct File: Decodable {
        struct Parameter: Decodable {
            var name: String
            var type: String
            var min: Double?
            var max: Double?
        }
        var parameters: [Parameter]
    }

    /// Reads `parameters.json` of a build.
    init(json: [UInt8]) throws {
        let file = try WireJSON.decode(File.self, from: Data(json))
        let entries = file.parameters.compactMap { entry in
            Kind(rawValue: entry.type).map { (entry.name, Definition(kind: $0, least: entry.min, most: entry.max)) }
        }
        definitions = Dictionary(entries) { first, _ in first }
    }

    var count: Int { definitions.count }

    subscript(name: String) -> Definition? { definitions[name] }

    /// The known name that `name` is most likely a misspelling of.
    func nearest(to name: String) -> String? { Suggestion.closest(to: name, among: definitions.keys.sorted()) }
}
