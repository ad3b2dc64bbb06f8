package import LynxDocument
import LynxModel

extension RunnerConfiguration {
    /// Loads the configuration from all its sources. Values for fields that the host does not have are taken as they are: engines
    /// may declare them, and `EngineFields` checks them once the engines are loaded.
    ///
    /// - Parameters:
    ///   - file: the path of the YAML file; without it `LYNX_RUNNER_CONFIG` names the file, and without that there is none.
    ///   - environment: the process's environment; each `LYNX_RUNNER_*` variable in it stands for a field.
    ///   - flags: the values of the command line, by YAML key.
    /// - Throws: all errors in the three sources, including those in values that a stronger source overrides.
    package static func load(
        file: String?, environment: [String: String], flags: [String: String]
    ) throws(DiagnosticList) -> RunnerConfiguration {
        let diagnostics = DiagnosticCollector()
        var configuration = RunnerConfiguration()
        // The sources are applied from the weakest to the strongest.
        if let path = file ?? environment[configVariable] { configuration.read(file: path, diagnostics) }
        configuration.read(environment: environment, diagnostics)
        configuration.read(flags: flags, diagnostics)
        configuration.applyDependentDefaults()
        if let list = diagnostics.list { throw list }
        return configuration
    }

    /// The key of one scenario's source.
    static func scenarioKey(_ name: String) -> String { "scenarios.\(name)" }

    /// In messages.
    static let name = "the runner's configuration"

    static let configVariable = RunnerField.variablePrefix + "CONFIG"

    private mutating func read(file path: String, _ diagnostics: DiagnosticCollector) {
        let document = Document.yaml(file: path, into: diagnostics)
        // A file that contains only comments sets no fields.
        guard let root = document.root, !root.isNull else { return }
        let setters: FieldType<[@Sendable (inout RunnerConfiguration) -> Void]> = .mapping(Self.name) { fields in
            fields.acceptUnknownKeys()
            return RunnerField.all.compactMap { field -> (@Sendable (inout RunnerConfiguration) -> Void)? in
                guard let set = fields.optional(field.key, FieldType(field.type, schema: field.schema, read: field.read), field.documentation),
                    let mark = fields[field.key]?.mark else {
                    return nil
                }
                return {
                    set(&$0)
                    $0.sources[field.key] = .file(mark)
                }
            }
        }
        for set in setters.read(Field(node: root, path: .root, mark: root.mark), diagnostics) ?? [] { set(&self) }
        optionSources = OptionSources(in: root)
        for (name, field) in optionSources.scenarios { sources[Self.scenarioKey(name)] = .file(field.mark) }
        guard case .mapping(let mapping) = root.content else { return }
        for entry in mapping.entries where RunnerField.named(entry.key) == nil {
            give(entry.key, Field(node: entry.value, path: FieldPath.root.appending(entry.key), mark: entry.keyMark), from: .file(entry.keyMark))
        }
    }

    private mutating func read(environment: [String: String], _ diagnostics: DiagnosticCollector) {
        for (name, text) in environment where name.hasPrefix(RunnerField.variablePrefix) && name != Self.configVariable {
            set(name.dropFirst(RunnerField.variablePrefix.count).lowercased(), to: text, from: .variable(name), diagnostics)
        }
    }

    private mutating func read(flags: [String: String], _ diagnostics: DiagnosticCollector) {
        for (key, text) in flags { set(key, to: text, from: .flag(RunnerField.flag(for: key)), diagnostics) }
    }

    private mutating func set(_ key: String, to text: String, from source: Source, _ diagnostics: DiagnosticCollector) {
        let mark = Mark(wholeOf: source.description)
        let given = Field(node: Node(.scalar(Scalar(text, style: .untyped)), at: mark), path: .root, mark: mark)
        guard let field = RunnerField.named(key) else { return give(key, given, from: source) }
        guard !field.isFileOnly else { return diagnostics.report("can only be set in the configuration file; write it there", at: mark) }
        guard let set = field.read(given, diagnostics) else { return }
        set(&self)
        sources[field.key] = source
    }

    /// Takes a value for a field that the host does not have.
    private mutating func give(_ key: String, _ field: Field, from source: Source) {
        optionSources.fields.append(OptionSources.Given(key: key, field: field, source: source))
        guard !optionSources.fields[optionSources.fields.count - 1].isAbsent else { return }
        engineFields[key] =
            if case .scalar(let scalar) = field.node.content {
                if scalar.style == .plain, case .bool(let value) = scalar.resolved { "\(value)" } else { scalar.text }
            } else {
                ""
            }
        sources[key] = source
    }
}
