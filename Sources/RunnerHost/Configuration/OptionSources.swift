import LynxDocument
import LynxModel

/// The places of engines' fields and options in the sources of the configuration. They say nothing of the values, so that two
/// configurations are the same whatever the places are.
struct OptionSources: Hashable, Sendable {
    /// A value for a field that the host does not have.
    struct Given: Sendable {
        /// As in the file.
        var key: String
        var field: Field
        var source: RunnerConfiguration.Source

        /// Null in the file is as good as no value.
        var isAbsent: Bool { if case .file = source { field.node.isNull } else { false } }
    }

    /// In the order of their sources, from the weakest to the strongest.
    var fields: [Given] = []
    /// Sections of `engine_options`, by engine id.
    var engines: [String: Field] = [:]
    var scenarios: [String: Field] = [:]

    init() {}

    /// - Parameter root: of the configuration file.
    init(in root: Node) {
        engines = Self.members(of: "engine_options", in: root)
        scenarios = Self.members(of: "scenarios", in: root)
    }

    private static func members(of key: String, in root: Node) -> [String: Field] {
        guard case .mapping(let fields) = root.content, case .mapping(let members)? = fields[key]?.value.content else { return [:] }
        let path = FieldPath.root.appending(key)
        let found = members.entries.map { ($0.key, Field(node: $0.value, path: path.appending($0.key), mark: $0.keyMark)) }
        return Dictionary(found) { first, _ in first }
    }

    static func == (_: OptionSources, _: OptionSources) -> Bool { true }
    func hash(into _: inout Hasher) {}
}

extension RunnerConfiguration {
    /// What is wrong with the options of an engine's section, by the engine's declaration: a line each.
    func problems(withSectionOf engine: String, _ declaration: EngineDeclaration?) -> [String] {
        guard let declaration, let field = optionSources.engines[engine] else { return [] }
        return field.problems(as: declaration.options(at: .section, hostKeys: Self.hostKeyTypes))
    }

    /// The same of a scenario.
    func problems(withScenario name: String, _ declaration: EngineDeclaration?) -> [String] {
        guard let declaration, var field = optionSources.scenarios[name], case .mapping(let mapping) = field.node.content else { return [] }
        field.node.content = .mapping(Mapping(mapping.entries.filter { !ScenarioSpec.ownFields.contains($0.key) }))
        return field.problems(as: declaration.options(at: .scenario))
    }

    /// An engine's own words about one of its settings, with the place of the setting in the file if it is there.
    ///
    /// - Parameter message: `setting: what is wrong`.
    func located(_ message: String, in field: Field?, _ declaration: EngineDeclaration? = nil) -> String? {
        guard let field, let colon = message.firstRange(of: ": ") else { return nil }
        var name = message[..<colon.lowerBound]
        if name == declaration?.entrypoint ?? "entrypoint" { name = "entrypoint" }
        guard let place = field.descendant(name) else { return nil }
        return "\(place.node.mark): \(place.path.text)\(message[colon.lowerBound...])"
    }
}

extension EngineDeclaration {
    /// What is wrong with the options that a batch brings along; nil if nothing is.
    func problem(withBatch options: [String: EngineOption]) -> String? {
        let mark = Mark(wholeOf: "batch")
        let path = FieldPath.root.appending("config").appending("simulation").appending("bundle")
        let field = Field(node: EngineOption.group(options).node(at: mark), path: path, mark: mark)
        return problems(withBundle: field).first.map { "\($0.fieldPath): \($0.message)" }
    }

    /// The same of a batch file's field `config.simulation.bundle`, each with its place.
    func problems(withBundle field: Field) -> [Diagnostic] {
        guard case .mapping(let mapping) = field.node.content else { return [] }
        let diagnostics = DiagnosticCollector()
        var options: [Mapping.Entry] = []
        for entry in mapping.entries where !BundleSpec.ownFields.contains(entry.key) {
            if keys.contains(where: { $0.key == entry.key && !$0.traits.contains(.batch) }) {
                let message = "is not for a batch to set; the runner's configuration sets it"
                diagnostics.report(message, at: entry.keyMark, path: field.path.appending(entry.key))
            } else {
                options.append(entry)
            }
        }
        var field = field
        field.node.content = .mapping(Mapping(options))
        _ = self.options(at: .batch).read(field, diagnostics)
        return diagnostics.list?.diagnostics ?? []
    }
}

extension Field {
    fileprivate func problems(as type: FieldType<Bool>) -> [String] {
        let diagnostics = DiagnosticCollector()
        _ = type.read(self, diagnostics)
        return diagnostics.list?.lines ?? []
    }

    /// The value in this one that a name such as `files[0].text` leads to; nil if it is not there.
    fileprivate func descendant(_ name: Substring) -> Field? {
        var field = self
        var rest = name
        while !rest.isEmpty {
            if rest.hasPrefix("[") {
                guard let end = rest.firstIndex(of: "]"), let index = Int(rest[rest.index(after: rest.startIndex)..<end]) else { return nil }
                rest = rest[rest.index(after: end)...]
                if case .sequence(let items) = field.node.content {
                    guard items.indices.contains(index) else { return nil }
                    field = Field(node: items[index], path: field.path.appending(index: index), mark: items[index].mark)
                } else if index != 0 {
                    // A single item may stand for a list of one.
                    return nil
                }
            } else {
                let key = (rest.hasPrefix(".") ? rest.dropFirst() : rest).prefix { $0 != "." && $0 != "[" }
                rest = rest.dropFirst(rest.hasPrefix(".") ? key.count + 1 : key.count)
                guard !key.isEmpty, case .mapping(let mapping) = field.node.content, let entry = mapping[String(key)] else { return nil }
                field = Field(node: entry.value, path: field.path.appending(String(key)), mark: entry.keyMark)
            }
        }
        return field
    }
}

extension EngineOption {
    private func entry(_ key: String, at mark: Mark) -> Mapping.Entry { Mapping.Entry(key: key, keyMark: mark, value: node(at: mark)) }

    /// The option as the tree that it was read from.
    fileprivate func node(at mark: Mark) -> Node {
        switch self {
        case .value(.string(let text)): Node(.scalar(Scalar(text, style: .quoted)), at: mark)
        case .value(let value): Node(.scalar(Scalar(value.yaml, style: .plain)), at: mark)
        case .list(let elements): Node(.sequence(elements.map { $0.node(at: mark) }), at: mark)
        case .group(let members): Node(.mapping(Mapping(members.sorted { $0.key < $1.key }.map { $1.entry($0, at: mark) })), at: mark)
        }
    }
}
