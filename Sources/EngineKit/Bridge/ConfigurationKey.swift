import EngineABI

/// One key of an engine's configuration, the Swift form of `lynx_config_key`, whose comments define each field.
public struct ConfigurationKey: Hashable, Sendable {
    public struct Types: OptionSet, Hashable, Sendable {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        public static let string = Types(rawValue: LYNX_CONFIG_STRING), integer = Types(rawValue: LYNX_CONFIG_INTEGER)
        public static let number = Types(rawValue: LYNX_CONFIG_NUMBER), boolean = Types(rawValue: LYNX_CONFIG_BOOLEAN)
        public static let path = Types(rawValue: LYNX_CONFIG_PATH), choice = Types(rawValue: LYNX_CONFIG_ENUM)
        public static let list = Types(rawValue: LYNX_CONFIG_LIST), map = Types(rawValue: LYNX_CONFIG_MAP)
    }

    public struct Traits: OptionSet, Hashable, Sendable {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        public static let required = Traits(rawValue: LYNX_CONFIG_REQUIRED), batch = Traits(rawValue: LYNX_CONFIG_BATCH)
        public static let fromRunner = Traits(rawValue: LYNX_CONFIG_FROM_RUNNER), entrypoint = Traits(rawValue: LYNX_CONFIG_ENTRYPOINT)
        public static let oneOrMore = Traits(rawValue: LYNX_CONFIG_ONE_OR_MORE)
        public static let aboveMinimum = Traits(rawValue: LYNX_CONFIG_ABOVE_MINIMUM)
    }

    public var key: String
    public var types: Types
    public var traits: Traits
    /// Empty if there is none.
    public var defaultValue: String
    /// Such as `s`; empty if there are none.
    public var units: String
    /// One sentence.
    public var documentation: String
    public var minimum: Double
    public var maximum: Double
    public var choices: [String]

    public init(
        _ key: String, _ types: Types, traits: Traits = [], default defaultValue: String = "", units: String = "", minimum: Double = -.infinity,
        maximum: Double = .infinity, choices: [String] = [], _ documentation: String
    ) {
        self.key = key
        self.types = types
        self.traits = traits
        self.defaultValue = defaultValue
        self.units = units
        self.documentation = documentation
        self.minimum = minimum
        self.maximum = maximum
        self.choices = choices
    }

    /// The part of the key before the first dot or bracket.
    var top: String { String(key.prefix { $0 != "." && $0 != "[" }) }

    func withRaw(_ body: (UnsafePointer<lynx_config_key>) -> Void) {
        key.withLynxString { key in
            defaultValue.withLynxString { defaultValue in
                units.withLynxString { units in
                    documentation.withLynxString { documentation in
                        withChoices(choices[...]) { choices in
                            var raw = lynx_config_key(
                                struct_size: UInt32(MemoryLayout<lynx_config_key>.size), types: types.rawValue, traits: traits.rawValue, key: key,
                                default_value: defaultValue, units: units, documentation: documentation, minimum: minimum, maximum: maximum,
                                choices: choices.baseAddress, choice_count: choices.count)
                            body(&raw)
                        }
                    }
                }
            }
        }
    }

    /// Keeps each text alive while the following ones are converted.
    private func withChoices(_ rest: ArraySlice<String>, made: [lynx_string] = [], _ body: (UnsafeBufferPointer<lynx_string>) -> Void) {
        guard let next = rest.first else { return made.withUnsafeBufferPointer(body) }
        next.withLynxString { withChoices(rest.dropFirst(), made: made + [$0], body) }
    }
}

extension EngineSettings {
    /// The settings that engines get undeclared (`lynx_engine_config`), and `entrypoint`.
    private static let common: Set = [
        "python_executable", "working_directory", "log_capture_bytes", "private_dev_shm", "state_directory", "entrypoint",
    ]

    /// Checks that every setting is declared. Hosts that know declarations have done so, with the place in the user's file.
    func checkNames(_ declared: [ConfigurationKey], engine: String) throws(EngineError) {
        let tops = Dictionary(declared.map { ($0.top, $0.types) }) { first, _ in first }
        for key in keys where !Self.common.contains(key) {
            let top = String(key.prefix { $0 != "." })
            if let types = tops[top], key == top || !types.isDisjoint(with: [.list, .map]) { continue }
            let options = declared.filter { $0.key == $0.top && !$0.traits.contains(.fromRunner) }.map(\.key)
            throw .invalid("\(key): is not an option of the \(engine) engine; there are \(options.joined(separator: ", "))")
        }
    }
}
