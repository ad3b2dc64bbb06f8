package import EngineABI

/// One key of an engine's configuration as the engine declares it (`lynx_config_key`).
package struct DeclaredKey: Hashable, Sendable {
    struct Types: OptionSet, Hashable, Sendable {
        let rawValue: UInt32
        static let string = Types(rawValue: LYNX_CONFIG_STRING), integer = Types(rawValue: LYNX_CONFIG_INTEGER)
        static let number = Types(rawValue: LYNX_CONFIG_NUMBER), boolean = Types(rawValue: LYNX_CONFIG_BOOLEAN)
        static let path = Types(rawValue: LYNX_CONFIG_PATH), choice = Types(rawValue: LYNX_CONFIG_ENUM)
        static let list = Types(rawValue: LYNX_CONFIG_LIST), map = Types(rawValue: LYNX_CONFIG_MAP)

        static let names: [(Types, String)] = [
            (.string, "string"), (.integer, "integer"), (.number, "number"), (.boolean, "boolean"), (.path, "path"), (.choice, "enum"),
            (.list, "list"),
            (.map, "map"),
        ]
    }

    struct Traits: OptionSet, Hashable, Sendable {
        let rawValue: UInt32
        static let required = Traits(rawValue: LYNX_CONFIG_REQUIRED), batch = Traits(rawValue: LYNX_CONFIG_BATCH)
        static let fromRunner = Traits(rawValue: LYNX_CONFIG_FROM_RUNNER), entrypoint = Traits(rawValue: LYNX_CONFIG_ENTRYPOINT)
        static let oneOrMore = Traits(rawValue: LYNX_CONFIG_ONE_OR_MORE), aboveMinimum = Traits(rawValue: LYNX_CONFIG_ABOVE_MINIMUM)
    }

    /// Such as `stop.grace_seconds`, `servers[].command` or `variables.*`.
    var key: String
    var types: Types
    var traits: Traits
    var defaultValue: String
    var units: String
    var documentation: String
    var minimum: Double
    var maximum: Double
    var choices: [String]

    /// Whether it is in no other key.
    var isTop: Bool { !key.utf8.contains { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "[") } }

    /// Nil if the engine gives fewer fields than the first version of the struct has.
    init?(_ raw: UnsafePointer<lynx_config_key>) {
        let first = MemoryLayout<lynx_config_key>.offset(of: \.choice_count)! + MemoryLayout<Int>.size
        guard Int(raw.pointee.struct_size) >= first else { return nil }
        key = Self.text(raw.pointee.key, 256)
        guard !key.isEmpty else { return nil }
        types = Types(rawValue: raw.pointee.types)
        traits = Traits(rawValue: raw.pointee.traits)
        defaultValue = Self.text(raw.pointee.default_value)
        units = Self.text(raw.pointee.units, 256)
        documentation = Self.text(raw.pointee.documentation)
        minimum = raw.pointee.minimum
        maximum = raw.pointee.maximum
        choices = UnsafeBufferPointer(start: raw.pointee.choices, count: raw.pointee.choices == nil ? 0 : min(raw.pointee.choice_count, 1024))
            .map { Self.text($0, 256) }
    }

    init(_ message: inout MessageReader) throws(MalformedMessage) {
        types = Types(rawValue: try message.value())
        traits = Traits(rawValue: try message.value())
        minimum = try message.value()
        maximum = try message.value()
        key = try message.text()
        defaultValue = try message.text()
        units = try message.text()
        documentation = try message.text()
        choices = []
        for _ in 0..<(try message.value(UInt32.self)) { choices.append(try message.text()) }
    }

    func put(into message: inout Message) {
        message.put(types.rawValue)
        message.put(traits.rawValue)
        message.put(minimum)
        message.put(maximum)
        for text in [key, defaultValue, units, documentation] { message.put(text) }
        message.put(UInt32(choices.count))
        for choice in choices { message.put(choice) }
    }

    private static func text(_ string: lynx_string, _ most: Int = 4096) -> String {
        String(lynx: lynx_string(data: string.data, size: min(string.size, most)))
    }
}

/// The configuration that an engine declares (`configuration/1`).
package struct EngineDeclaration: Hashable, Sendable {
    /// In the engine's order.
    let keys: [DeclaredKey]

    private static let mostKeys = 4096

    /// Asks a loaded engine; nil if it does not declare its configuration.
    package init?(_ table: UnsafePointer<lynx_engine>) {
        guard let list = Self.table(of: table)?.pointee.list else { return nil }
        var taken: [DeclaredKey] = []
        withUnsafeMutablePointer(to: &taken) { taken in
            list(
                table,
                { context, raw in
                    guard let raw, let key = DeclaredKey(raw) else { return }
                    let taken = context!.assumingMemoryBound(to: [DeclaredKey].self)
                    if taken.pointee.count < EngineDeclaration.mostKeys { taken.pointee.append(key) }
                }, taken)
        }
        keys = taken
    }

    /// The engine's extension; nil if it has none, or one that is shorter than its first version.
    static func table(of table: UnsafePointer<lynx_engine>) -> UnsafePointer<lynx_configuration>? {
        guard let getExtension = table.pointee.get_extension,
            let found = LYNX_EXTENSION_CONFIGURATION.withLynxString({ getExtension(table, $0) })?.assumingMemoryBound(to: lynx_configuration.self)
        else { return nil }
        let end = MemoryLayout<lynx_configuration>.offset(of: \.most_jobs)! + MemoryLayout<UnsafeRawPointer>.size
        return Int(found.pointee.struct_size) >= end && found.pointee.list != nil ? found : nil
    }

    init(keys: [DeclaredKey]) { self.keys = keys }

    /// The setting that the entrypoint of a scenario is given in; nil if the engine declares none.
    var entrypoint: String? { keys.first { $0.traits.contains(.entrypoint) }?.key }

    /// The settings that the host gives of its own configuration.
    package var fromRunner: [String] { keys.filter { $0.traits.contains(.fromRunner) && $0.isTop }.map(\.key) }

    /// The options that a batch may set.
    var ofBatches: [String] { keys.filter { $0.traits.contains(.batch) && $0.isTop }.map(\.key) }

    /// Whether options say what jobs run, of this engine rather than of another.
    func recognises(_ options: some Sequence<String>) -> Bool {
        let names = Set(options)
        return keys.contains { $0.isTop && $0.traits.contains(.required) && names.contains($0.key) }
    }
}

/// A declaration as part of a message; nil for an engine without one.
extension Message {
    mutating func put(_ declaration: EngineDeclaration?) {
        put(declaration.map { UInt32($0.keys.count) } ?? .max)
        for key in declaration?.keys ?? [] { key.put(into: &self) }
    }
}

extension MessageReader {
    mutating func declaration() throws(MalformedMessage) -> EngineDeclaration? {
        let count = try value(UInt32.self)
        guard count != .max else { return nil }
        var keys: [DeclaredKey] = []
        for _ in 0..<count { keys.append(try DeclaredKey(&self)) }
        return EngineDeclaration(keys: keys)
    }
}
