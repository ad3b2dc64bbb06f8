import CommandDocument
import EngineKit
import LynxDocument
import LynxModel

/// Reads the engine's options from its settings, which come as flat text.
enum CommandSettings {
    /// The settings of the host's own, which are no options.
    static let ofHost: Set<String> = [
        "python_executable", "working_directory", "log_capture_bytes", "private_dev_shm", "state_directory", "entrypoint",
    ]

    /// - Throws: the first problem found.
    static func options(_ settings: EngineSettings, as type: FieldType<CommandOptions> = .commandOptions) throws(EngineError) -> CommandOptions {
        var tree = SettingsTree()
        for key in settings.keys where !ofHost.contains(key) && !key.hasPrefix("env.") {
            if let value = settings[key] { tree.add(key.split(separator: ".", omittingEmptySubsequences: false).map { String($0) }[...], value) }
        }
        for (name, value) in settings.environment { tree.add(["env", name], value) }
        let mark = Mark(wholeOf: "options")
        let diagnostics = DiagnosticCollector()
        let options = type.read(Field(node: tree.node(at: mark), path: .root, mark: mark), diagnostics)
        if let problem = diagnostics.list?.diagnostics.first { throw .invalid("\(problem.fieldPath): \(problem.message)") }
        guard let options else { throw .invalid("the options cannot be read") }
        return options
    }
}

/// Settings such as `files.0.link`, as mappings and lists again.
private struct SettingsTree {
    private var value: String?
    private var children: [String: SettingsTree] = [:]

    mutating func add(_ path: ArraySlice<String>, _ value: String) {
        guard let first = path.first else { return self.value = value }
        children[first, default: SettingsTree()].add(path.dropFirst(), value)
    }

    func node(at mark: Mark) -> Node {
        if children.isEmpty, let value { return Node(.scalar(Scalar(value, style: .untyped)), at: mark) }
        let indices = children.keys.compactMap { Int($0) }.sorted()
        if !children.isEmpty, indices.count == children.count, indices == Array(0..<indices.count) {
            return Node(.sequence(indices.map { children["\($0)"]!.node(at: mark) }), at: mark)
        }
        let entries = children.sorted { $0.key < $1.key }.map { Mapping.Entry(key: $0.key, keyMark: mark, value: $0.value.node(at: mark)) }
        return Node(.mapping(Mapping(entries)), at: mark)
    }
}
