import LynxDocument

/// The fields of the runner's configuration that engines declare (`LYNX_CONFIG_FROM_RUNNER`): with them an engine adds to the
/// file, the variables and the flags what the host knows nothing about.
package struct EngineFields: Sendable {
    /// In the order of the engines and of their declarations.
    package let fields: [RunnerField]
    /// How the names begin of what engines get that declare nothing.
    private let prefixes: [String]

    /// - Parameter engines: all that were found, also those that are not to be used: their fields may be set nevertheless.
    package init(_ engines: [EngineLibrary]) {
        var fields: [RunnerField] = []
        for key in engines.flatMap({ $0.declaration?.runnerFields ?? [] }) where !fields.contains(where: { $0.key == key.key }) {
            if let field = RunnerField(declared: key) { fields.append(field) }
        }
        self.fields = fields
        prefixes = engines.filter { $0.declaration == nil }.map { EngineSettings.fieldPrefix(of: $0.id) }
    }

    /// What is wrong with the values that a configuration has for fields that are not the host's: a line each, in the order of
    /// their places. A name that no engine declares is a mistake.
    package func problems(in configuration: RunnerConfiguration) -> [String] {
        let diagnostics = DiagnosticCollector()
        for given in configuration.optionSources.fields {
            if let field = fields.first(where: { $0.key == given.key }) {
                if !given.isAbsent { _ = field.read(given.field, diagnostics) }
            } else if !prefixes.contains(where: given.key.hasPrefix) {
                diagnostics.report(unknown(given), at: given.field.mark, path: given.field.path)
            }
        }
        return diagnostics.list?.lines ?? []
    }

    private func unknown(_ given: OptionSources.Given) -> String {
        let all = RunnerField.all + fields
        return switch given.source {
        case .variable(let name):
            Self.unknown(name, "a variable of the runner", among: all.compactMap(\.variable) + [RunnerConfiguration.configVariable])
        case .flag(let name): Self.unknown(name, "a flag of the runner", among: all.compactMap(\.flag))
        case .file, .default: MappingReader.unknown(given.key, in: RunnerConfiguration.name, among: all.map(\.key))
        }
    }

    private static func unknown(_ name: String, _ kind: String, among known: [String]) -> String {
        let remedy = Suggestion.closest(to: name, among: known).map { "did you mean \($0)?" } ?? "there are \(known.joined(separator: ", "))"
        return "is not \(kind); \(remedy)"
    }
}

extension EngineDeclaration {
    /// The keys that are fields of the runner's configuration because the engine says so.
    fileprivate var runnerFields: [DeclaredKey] {
        keys.filter {
            $0.isTop && $0.traits.contains(.fromRunner) && RunnerField.named($0.key) == nil && !EngineSettings.hostSettings.contains($0.key)
        }
    }
}

extension RunnerField {
    /// The field of a declared key; nil if its values are no single ones, which fit neither a variable nor a flag.
    init?(declared key: DeclaredKey) {
        guard let scalar = key.scalarType, !key.types.contains(.list), !key.types.contains(.map) else { return nil }
        let type = FieldType<String?>(scalar.expectation, schema: scalar.schema) { field, diagnostics in
            guard scalar.read(field, diagnostics) != nil, case .scalar(let scalar) = field.node.content else { return nil }
            return .some(scalar.text)
        }
        self.init(
            key.key, \.engineFields[key.key], type, default: key.defaultValue.isEmpty ? "none" : key.defaultValue,
            key.documentation)
        let isText = key.types.contains(.string) || key.types.contains(.path) || key.types.contains(.choice)
        show = { configuration in configuration.engineFields[key.key].map { isText ? $0.yaml : $0 } ?? "null" }
    }
}
