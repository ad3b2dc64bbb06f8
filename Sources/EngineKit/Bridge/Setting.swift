/// One setting of an engine: its declaration, and how it is read. An engine lists its settings once; the host checks them from
/// that list, and `value(in:)` reads them.
///
/// A setting without a default has an optional `Value`.
public struct Setting<Value: Sendable>: Sendable {
    public let key: ConfigurationKey
    private let absent: Value
    private let parse: @Sendable (String) -> Value?
    /// What is valid: `a number above 0`.
    private let expectation: String

    fileprivate init(_ key: ConfigurationKey, absent: Value, expectation: String, parse: @escaping @Sendable (String) -> Value?) {
        self.key = key
        self.absent = absent
        self.expectation = expectation
        self.parse = parse
    }

    /// The value that is set, or the default.
    ///
    /// - Throws: if what is set is not valid.
    public func value(in settings: EngineSettings) throws(EngineError) -> Value {
        guard let text = settings[key.key] else { return absent }
        guard let value = parse(text) else { throw .invalid("\(key.key): is '\(text)'; give \(expectation)") }
        return value
    }
}

extension Setting where Value == String {
    public static func string(_ key: String, traits: ConfigurationKey.Traits = [.batch], default value: String, _ documentation: String) -> Setting {
        Setting(ConfigurationKey(key, .string, traits: traits, default: value, documentation), absent: value, expectation: "a text") { $0 }
    }
}

extension Setting where Value == String? {
    public static func string(
        _ key: String, traits: ConfigurationKey.Traits = [.batch], shownDefault: String = "", _ documentation: String
    ) -> Setting {
        Setting(ConfigurationKey(key, .string, traits: traits, default: shownDefault, documentation), absent: nil, expectation: "a text") { $0 }
    }

    /// - Parameter shownDefault: what is used in place of a path that is not given, for a person.
    public static func path(
        _ key: String, traits: ConfigurationKey.Traits, shownDefault: String = "", _ documentation: String
    ) -> Setting {
        Setting(ConfigurationKey(key, .path, traits: traits, default: shownDefault, documentation), absent: nil, expectation: "a path") { $0 }
    }
}

extension Setting where Value == Bool {
    public static func boolean(_ key: String, traits: ConfigurationKey.Traits = [.batch], default value: Bool, _ documentation: String) -> Setting {
        Setting(
            ConfigurationKey(key, .boolean, traits: traits, default: "\(value)", documentation), absent: value, expectation: "true or false"
        ) { Bool($0) }
    }
}

extension Setting where Value == Double {
    /// A number above `minimum` and of at most `maximum`.
    public static func number(
        _ key: String, traits: ConfigurationKey.Traits = [.batch], default value: Double, units: String, above minimum: Double,
        atMost maximum: Double,
        _ documentation: String
    ) -> Setting {
        Setting(
            .number(key, traits.union(.aboveMinimum), default: Numbers.text(value), units, minimum, maximum, documentation), absent: value,
            expectation: "a number above \(Numbers.text(minimum)) and of at most \(Numbers.text(maximum))"
        ) { text in Double(text).flatMap { $0 > minimum && $0 <= maximum ? $0 : nil } }
    }
}

extension Setting where Value == Double? {
    /// A number from `range`, or above its lower bound.
    public static func number(
        _ key: String, traits: ConfigurationKey.Traits = [.batch], shownDefault: String = "", units: String = "", in range: ClosedRange<Double>,
        _ documentation: String
    ) -> Setting {
        let isOpen = traits.contains(.aboveMinimum)
        let (low, high) = (Numbers.text(range.lowerBound), Numbers.text(range.upperBound))
        return Setting(
            .number(key, traits, default: shownDefault, units, range.lowerBound, range.upperBound, documentation), absent: nil,
            expectation: isOpen ? "a number above \(low) and of at most \(high)" : "a number from \(low) to \(high)"
        ) { text in Double(text).flatMap { range.contains($0) && !(isOpen && $0 == range.lowerBound) ? $0 : nil } }
    }
}

extension Setting where Value == Int? {
    public static func integer(
        _ key: String, traits: ConfigurationKey.Traits = [.batch], shownDefault: String = "", units: String = "", atLeast minimum: Int,
        _ documentation: String
    ) -> Setting {
        Setting(
            ConfigurationKey(key, .integer, traits: traits, default: shownDefault, units: units, minimum: Double(minimum), documentation),
            absent: nil,
            expectation: "a whole number of at least \(minimum)"
        ) { text in Int(text).flatMap { $0 >= minimum ? $0 : nil } }
    }
}

extension Setting where Value: CaseIterable & RawRepresentable<String> {
    public static func choice(_ key: String, traits: ConfigurationKey.Traits = [.batch], default value: Value, _ documentation: String) -> Setting {
        let names = Value.allCases.map(\.rawValue)
        return Setting(
            ConfigurationKey(key, .choice, traits: traits, default: value.rawValue, choices: names, documentation), absent: value,
            expectation: "one of \(names.joined(separator: ", "))"
        ) { Value(rawValue: $0) }
    }
}

extension ConfigurationKey {
    fileprivate static func number(
        _ key: String, _ traits: Traits, default text: String, _ units: String, _ minimum: Double, _ maximum: Double, _ documentation: String
    ) -> ConfigurationKey {
        ConfigurationKey(key, .number, traits: traits, default: text, units: units, minimum: minimum, maximum: maximum, documentation)
    }
}

private enum Numbers {
    /// Whole numbers without a decimal point.
    static func text(_ number: Double) -> String { Int(exactly: number).map { "\($0)" } ?? "\(number)" }
}
