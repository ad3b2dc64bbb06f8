import CommandDocument
import LynxDocument
import LynxModel
import Support

/// What is wrong with the options of the `command` engine that a bundle brings along, as far as the engine's own reader, the files of the
/// bundle and the parameters of the study tell. The rest of the options may be the runner's.
struct CommandBundleCheck {
    /// `config.simulation.bundle` of the batch file.
    let field: Field
    let bundle: BundleSpec
    /// Nil if it is not here.
    let folder: BundleFolder?
    let config: BatchConfig
    let diagnostics: DiagnosticCollector

    /// The options whose texts are filled for each run.
    private static let filled: Set = ["command", "directory", "env", "files", "servers"]
    /// Those that a runner sets for all of its jobs.
    private static let ofRunner: Set = ["max_concurrent_jobs", "isolation", "memory_limit_mb"]

    func perform() {
        guard case .mapping(let mapping) = field.node.content else { return }
        var own = field
        let entries = mapping.entries.filter { !BundleSpec.ownFields.contains($0.key) || $0.key == "env" }
        for entry in entries where Self.ofRunner.contains(entry.key) {
            diagnostics.report("is not for a batch to set; the runner's configuration sets it", at: entry.keyMark, path: field.path.appending(entry.key))
        }
        own.node.content = .mapping(Mapping(entries.filter { !Self.ofRunner.contains($0.key) }))
        let options = FieldType<CommandOptions>.options(isWhole: false, command: \.commandIfAny).read(own, diagnostics)
        for entry in entries where Self.filled.contains(entry.key) {
            checkParameters(Field(node: entry.value, path: field.path.appending(entry.key), mark: entry.keyMark))
        }
        if let options, folder != nil { checkFiles(options) }
    }

    /// The names that `{parameters.…}` and `{units.…}` may have.
    private var parameters: [String] { Set(config.dispersions.keys).union(config.monteCarlo.table?.columns ?? []).sorted() }

    private func checkParameters(_ field: Field) {
        switch field.node.content {
        case .sequence(let items):
            for (index, item) in items.enumerated() { checkParameters(Field(node: item, path: field.path.appending(index: index), mark: item.mark)) }
        case .mapping(let mapping):
            for entry in mapping.entries { checkParameters(Field(node: entry.value, path: field.path.appending(entry.key), mark: entry.keyMark)) }
        case .scalar(let scalar):
            // What cannot be parsed has been reported.
            guard let template = try? Template(scalar.text) else { return }
            for problem in problems(in: template) { diagnostics.report(problem, at: field.node.mark, path: field.path) }
        }
    }

    private func problems(in template: Template, file: String? = nil) -> [String] {
        template.fields.compactMap { place -> String? in
            let parts = place.name.split(separator: ".", maxSplits: 1).map { String($0) }
            guard parts.count == 2, parts[0] == "parameters" || parts[0] == "units", !parameters.contains(parts[1]) else { return nil }
            let remedy =
                Suggestion.closest(to: parts[1], among: parameters).map { "did you mean '\($0)'?" }
                ?? (parameters.isEmpty ? "there are none" : "there are \(parameters.joined(separator: ", "))")
            return (file.map { "\($0):\(place.line):\(place.column): " } ?? "") + "{\(place.name)}: the study has no parameter '\(parts[1])'; \(remedy)"
        }
    }

    /// Reports what the options name of the bundle and it does not have, unless build commands may make it.
    private func checkFiles(_ options: CommandOptions) {
        checkProgram(options.command, ["command"])
        for (index, server) in options.servers.enumerated() { checkProgram(server.command, ["servers", .index(index), "command"]) }
        if let name = options.directory?.constant, let path = inBundle(name), bundle.build == nil, folder?.holds(path) != true {
            report(["directory"], "the bundle has no folder '\(path)'")
        }
        for (index, file) in options.files.enumerated() {
            switch file.source {
            case .link(let source), .copy(let source): checkPresence(source, index)
            case .template(let source, let delimiters): if let path = checkPresence(source, index) { checkTemplate(path, delimiters, index) }
            case .text: break
            }
        }
    }

    private func checkProgram(_ command: [Template], _ steps: [FieldProblem.Step]) {
        guard let name = command.first?.constant, name.contains("/"), let path = inBundle(name), let folder, bundle.build == nil else { return }
        guard let file = folder.files.first(where: { $0.path == path }) else {
            return report(steps, "the bundle has no file '\(path)'\(folder.guess(path))")
        }
        if !file.isExecutable { report(steps, "'\(path)' of the bundle cannot be executed; chmod +x it, or name its interpreter first") }
    }

    /// - Returns: the path in the bundle of a file that is there.
    @discardableResult
    private func checkPresence(_ source: Template, _ index: Int) -> String? {
        guard let name = source.constant, let path = inBundle(name), let folder else { return nil }
        if folder.holds(path) { return folder.has(path) ? path : nil }
        if bundle.build == nil { report(["files", .index(index)], "the bundle has no file '\(path)'\(folder.guess(path))") }
        return nil
    }

    private func checkTemplate(_ path: String, _ delimiters: Template.Delimiters, _ index: Int) {
        guard let folder, let text = WholeFile.read("\(folder.root)/\(path)", atMost: 64 << 20) else { return }
        do throws(TemplateProblem) {
            for problem in problems(in: try Template(text, delimiters: delimiters), file: path) { report(["files", .index(index)], problem) }
        } catch {
            report(["files", .index(index)], error.located(in: path))
        }
    }

    /// The path in the bundle that a path of an option leads to; nil if it leads elsewhere.
    private func inBundle(_ name: String) -> String? {
        guard !name.hasPrefix("/"), !name.hasPrefix("~") else { return nil }
        var parts: [Substring] = []
        for part in "\(bundle.workingDirectory ?? ".")/\(name)".split(separator: "/") where part != "." {
            if part != ".." { parts.append(part) } else if parts.popLast() == nil { return nil }
        }
        return parts.isEmpty ? nil : parts.joined(separator: "/")
    }

    private func report(_ steps: [FieldProblem.Step], _ message: String) {
        var node = field.node
        var path = field.path
        for step in steps {
            switch step {
            case .key(let key):
                if case .mapping(let mapping) = node.content, let entry = mapping[key] { node = entry.value }
                path = path.appending(key)
            case .index(let index):
                // A single item may stand for a list of one.
                guard case .sequence(let items) = node.content else { continue }
                if items.indices.contains(index) { node = items[index] }
                path = path.appending(index: index)
            }
        }
        diagnostics.report(message, at: node.mark, path: path)
    }
}
