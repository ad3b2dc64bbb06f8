package import LynxDocument
import LynxModel

extension RunnerConfiguration {
    /// Loads the configuration from all its sources.
    ///
    /// - Parameters:
    ///   - file: the path of the YAML file; without it `LYNX_RUNNER_CONFIG` names the file, and without that there is none.
    ///   - environment: the process's environment; every `LYNX_RUNNER_*` variable in it must be known.
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

    static let configVariable = RunnerField.variablePrefix + "CONFIG"

    private mutating func read(file path: String, _ diagnostics: DiagnosticCollector) {
        let document = Document.yaml(file: path, into: diagnostics)
        // A file that contains only comments sets no fields.
        guard let root = document.root, !root.isNull else { return }
        let setters: FieldType<[@Sendable (inout RunnerConfiguration) -> Void]> = .mapping("the runner's configuration") { fields in
            RunnerField.all.compactMap { field -> (@Sendable (inout RunnerConfiguration) -> Void)? in
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
    }

    private mutating func read(environment: [String: String], _ diagnostics: DiagnosticCollector) {
        for (name, text) in environment where name.hasPrefix(RunnerField.variablePrefix) && name != Self.configVariable {
            if let field = RunnerField.all.first(where: { $0.variable == name }) {
                set(field, to: text, from: .variable(name), diagnostics)
            } else {
                let isFileOnly = RunnerField.all.contains { RunnerField.variablePrefix + $0.key.uppercased() == name }
                let known = RunnerField.all.compactMap(\.variable) + [Self.configVariable]
                diagnostics.report(Self.unknown(name, among: known, isFileOnly: isFileOnly, as: "variable"), at: Mark(wholeOf: name))
            }
        }
    }

    private mutating func read(flags: [String: String], _ diagnostics: DiagnosticCollector) {
        for (key, text) in flags {
            if let field = RunnerField.all.first(where: { $0.key == key }), let flag = field.flag {
                set(field, to: text, from: .flag(flag), diagnostics)
            } else {
                let flag = RunnerField.flag(for: key)
                let isFileOnly = RunnerField.all.contains { $0.key == key }
                let known = RunnerField.all.compactMap(\.flag)
                diagnostics.report(Self.unknown(flag, among: known, isFileOnly: isFileOnly, as: "flag"), at: Mark(wholeOf: flag))
            }
        }
    }

    private mutating func set(_ field: RunnerField, to text: String, from source: Source, _ diagnostics: DiagnosticCollector) {
        let mark = Mark(wholeOf: source.description)
        let value = Node(.scalar(Scalar(text, style: .untyped)), at: mark)
        guard let set = field.read(Field(node: value, path: .root, mark: mark), diagnostics) else { return }
        set(&self)
        sources[field.key] = source
    }

    private static func unknown(_ name: String, among known: [String], isFileOnly: Bool, as kind: String) -> String {
        if isFileOnly { return "can only be set in the configuration file; write it there" }
        let remedy =
            Suggestion.closest(to: name, among: known).map { "did you mean \($0)?" }
            ?? "there are \(known.joined(separator: ", "))"
        return "is not a \(kind) of the runner; \(remedy)"
    }
}
