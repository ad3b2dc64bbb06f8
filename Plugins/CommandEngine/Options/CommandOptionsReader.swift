package import LynxDocument
import LynxModel
import Support

extension FieldType where Value == CommandOptions {
    /// The options of the `command` engine.
    package static var commandOptions: FieldType { options(command: \.command) }

    /// - Parameters:
    ///   - command: how the words of the command are asked for; an engine that makes them itself asks for something else.
    ///   - isWhole: whether all options are there, so that a port which they do not name is a mistake.
    package static func options(isWhole: Bool = true, command: @escaping @Sendable (MappingReader) -> [Template]?) -> FieldType {
        mapping("the engine's options") { fields in
            let words = command(fields)
            var options = CommandOptions(command: words ?? [])
            options.directory = fields.optional("directory", .template, "Where the program starts; without it in the run's output directory.")
            options.environment = fields.optional("env", .templates("variables"), "Variables of the program's environment.") ?? [:]
            options.files = fields.optional("files", .oneOrMore(.commandFile, "files"), "Files that each run finds in its output directory.") ?? []
            options.runConfig = fields.optional("run_config", .runConfigForms, "Further forms of the run configuration.") ?? RunConfigForms()
            options.ports = fields.optional("ports", .ports, "Free ports for each run, by name: auto, or a range such as 14550-14650.") ?? [:]
            options.exitCodes = fields.optional("exit_codes", .exitCodes, "What exit codes and signals mean.") ?? ExitCodeTable()
            options.results = fields.optional("results", .oneOrMore(.resultSource, "sources of results"), "Where the run's outputs are.") ?? []
            options.telemetry = fields.optional("telemetry", .oneOrMore(.telemetrySource, "sources of telemetry"), "Where the run's telemetry is.") ?? []
            options.servers = fields.optional("servers", .oneOrMore(.server, "servers"), "Programs that run beside the command.") ?? []
            options.stop = fields.optional("stop", .commandStop, "When the command is asked to end, if it does not end by itself.")
            _ = fields.optional("max_concurrent_jobs", .integer(1...4096) as FieldType<Int>, "The limit for jobs of this engine at a time.")
            if isWhole { options.reportUnknownPorts(fields) }
            return words == nil ? nil : options
        }
    }
}

extension MappingReader {
    /// The field `command` of the `command` engine.
    package var command: [Template]? { required("command", .command, "The program and its arguments: a list, or one line.") }

    /// The same where the rest of the options may be elsewhere, and the command with them.
    package var commandIfAny: [Template]? { optional("command", .command, "The program and its arguments: a list, or one line.") ?? [] }
}

extension CommandOptions {
    /// All templates of which each run fills the fields, with the option that holds each.
    package var templates: [(option: String, template: Template)] {
        var all = command.map { ("command", $0) } + environment.map { ("env.\($0.key)", $0.value) }
        if let directory { all.append(("directory", directory)) }
        for (index, file) in files.enumerated() {
            switch file.source {
            case .link(let path), .copy(let path), .template(let path, _): all.append(("files[\(index)]", path))
            case .text(let text): all.append(("files[\(index)].text", text))
            }
            if let target = file.target { all.append(("files[\(index)].to", target)) }
        }
        for (index, server) in servers.enumerated() {
            all += server.command.map { ("servers[\(index)].command", $0) } + server.environment.map { ("servers[\(index)].env.\($0.key)", $0.value) }
            if let directory = server.directory { all.append(("servers[\(index)].directory", directory)) }
        }
        return all
    }

    fileprivate func reportUnknownPorts(_ fields: MappingReader) {
        for (option, template) in templates {
            for field in template.fields where field.name.hasPrefix("ports.") && ports[String(field.name.dropFirst(6))] == nil {
                let known = ports.keys.sorted().joined(separator: ", ")
                let top = String(option.prefix { $0 != "." && $0 != "[" })
                fields.report(
                    top, "'{\(field.name)}' names no port; \(known.isEmpty ? "add ports: {\(field.name.dropFirst(6)): auto}" : "there are \(known)")")
            }
        }
    }
}

extension FieldType where Value == [Template] {
    /// A list of words, or one line that is split like a shell's.
    package static var command: FieldType {
        let expectation = "a program and its arguments, as a list or one line"
        let words: FieldType<[Template]> = .list(of: .template, named: "words", minimum: 1)
        return FieldType(expectation, schema: { ["anyOf": [["type": "string"], words.schema($0)]] }) { field, diagnostics in
            guard case .scalar(let line) = field.node.content else { return words.read(field, diagnostics) }
            guard !field.node.isNull else {
                field.mismatch(expectation, diagnostics)
                return nil
            }
            do throws(CommandWords.Problem) {
                let words = try CommandWords.split(line.text)
                guard !words.isEmpty else {
                    diagnostics.report("is blank; give \(expectation)", at: field.node.mark, path: field.path)
                    return nil
                }
                let templates = words.map { FieldType<Template>.parse($0, field, diagnostics) }
                return templates.contains { $0 == nil } ? nil : templates.compactMap(\.self)
            } catch {
                diagnostics.report(error.message, at: field.node.mark, path: field.path)
                return nil
            }
        }
    }
}

extension FieldType where Value == Template {
    /// Any scalar, as text with fields.
    package static var template: FieldType {
        FieldType("a text", schema: { _ in ["type": ["string", "number", "boolean"]] }) { field, diagnostics in
            guard let scalar = field.scalar("a text", diagnostics) else { return nil }
            guard !field.node.isNull else {
                field.mismatch("a text", diagnostics)
                return nil
            }
            guard !scalar.text.utf8.contains(0) else {
                diagnostics.report("contains the control character U+0; remove it", at: field.node.mark, path: field.path)
                return nil
            }
            return parse(scalar.text, field, diagnostics)
        }
    }

    fileprivate static func parse(_ text: String, _ field: Field, _ diagnostics: DiagnosticCollector) -> Template? {
        do throws(TemplateProblem) {
            return try Template(text)
        } catch {
            diagnostics.report((error.line > 1 ? "line \(error.line): " : "") + error.message, at: field.node.mark, path: field.path)
            return nil
        }
    }
}

extension FieldType where Value == [String: Template] {
    static func templates(_ name: String) -> FieldType { .names(of: .template, named: "names of \(name) to texts") }
}

extension FieldType {
    /// A mapping with any names. Settings of engines come flat, so that a name with dots looks like mappings in mappings here.
    static func names<Item>(of item: FieldType<Item>, named name: String) -> FieldType where Value == [String: Item] {
        let whole: FieldType = .dictionary(of: item, named: name, key: .line(maximum: RunOutput.longestName))
        return FieldType(whole.expectation, schema: whole.schema) { field, diagnostics in
            guard case .mapping(let mapping) = field.node.content else { return whole.read(field, diagnostics) }
            var flat = field
            flat.node.content = .mapping(Mapping(mapping.flattened(below: "")))
            return whole.read(flat, diagnostics)
        }
    }

    /// A list, or a single item in place of a list of one.
    static func oneOrMore<Item>(_ item: FieldType<Item>, _ name: String) -> FieldType where Value == [Item] {
        let list: FieldType = .list(of: item, named: name)
        return FieldType("\(item.expectation), or a list", schema: { ["anyOf": [item.schema($0), list.schema($0)]] }) { field, diagnostics in
            if case .sequence = field.node.content { return list.read(field, diagnostics) }
            return item.read(field, diagnostics).map { [$0] }
        }
    }
}

extension Mapping {
    fileprivate func flattened(below prefix: String) -> [Entry] {
        entries.flatMap { entry -> [Entry] in
            if case .mapping(let inner) = entry.value.content { return inner.flattened(below: "\(prefix)\(entry.key).") }
            return [Entry(key: prefix + entry.key, keyMark: entry.keyMark, value: entry.value)]
        }
    }
}
