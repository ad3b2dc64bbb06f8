import CommandDocument
import EngineABI
import EngineKit
import LynxModel

/// Fills the templates of an engine's options for one run.
struct Filler {
    let values: TemplateValues
    let surroundings: Surroundings
    /// The run's output directory.
    let output: String

    func text(_ template: Template, _ option: String) throws(EngineError) -> String {
        let text: String
        do throws(TemplateProblem) {
            text = try template.text(with: values)
        } catch {
            throw .invalid("\(option): \(error.message)")
        }
        guard !text.utf8.contains(0) else { throw .invalid("\(option): the filled text contains the control character U+0") }
        return text
    }

    func place(_ files: [CommandFile], into placed: inout PlacedFiles) throws(EngineError) {
        for (index, file) in files.enumerated() {
            let option = "files[\(index)]"
            switch file.source {
            case .link(let source):
                let source = surroundings.path(try text(source, option))
                try placed.link(source, to: try target(file.target, source, option), option: option)
            case .copy(let source):
                let source = surroundings.path(try text(source, option))
                try placed.copy(source, to: try target(file.target, source, option), option: option)
            case .template(let source, let delimiters):
                let name = try text(source, option)
                let template = try surroundings.template(name, delimiters, option: "\(option).template")
                try placed.write(try filled(template, in: name, option), to: try target(file.target, name, option), option: option)
            case .text(let template):
                try placed.write(try filled(template, in: "text", option), to: try target(file.target, "text", option), option: option)
            }
        }
    }

    private func filled(_ template: Template, in file: String, _ option: String) throws(EngineError) -> [UInt8] {
        do throws(TemplateProblem) {
            return try template.filled(with: values)
        } catch {
            throw .invalid("\(option): \(error.located(in: file))")
        }
    }

    /// The path below the output directory.
    private func target(_ template: Template?, _ source: String, _ option: String) throws(EngineError) -> String {
        guard let template else { return source.split(separator: "/").last.map { String($0) } ?? source }
        return try below(try text(template, "\(option).to"), "\(option).to")
    }

    private func below(_ path: String, _ option: String) throws(EngineError) -> String {
        let parts = path.unicodeScalars.split(separator: "/").map { String($0) }.filter { $0 != "." }
        guard path.utf8.first != UInt8(ascii: "/"), !parts.isEmpty, !parts.contains("..") else {
            throw .invalid("\(option): '\(path)' is not a path below the run's output directory; give such as data/table.csv")
        }
        return parts.joined(separator: "/")
    }

    func place(_ forms: RunConfigForms, of run: RunConfiguration, into placed: inout PlacedFiles) throws(EngineError) {
        func write(_ template: Template?, _ name: String, _ content: @autoclosure () throws(EngineError) -> [UInt8]) throws(EngineError) {
            guard let template else { return }
            let option = "run_config.\(name)"
            try placed.write(try content(), to: try below(try text(template, option), option), option: option)
        }
        try write(forms.json, "json", RunConfigText.json(run))
        try write(forms.yaml, "yaml", Array(RunConfigText.yaml(run).utf8))
        try write(forms.toml, "toml", Array(RunConfigText.toml(run).utf8))
    }

    /// The arguments for each parameter, in the order of the names.
    func arguments(_ templates: [Template], _ parameters: [String: ParameterValue]) throws(EngineError) -> [String] {
        var result: [String] = []
        for (name, value) in parameters.sorted(by: { $0.key < $1.key }) {
            var filler = values
            filler.single["name"] = .string(name)
            filler.single["value"] = value
            let inner = Filler(values: filler, surroundings: surroundings, output: output)
            for template in templates { result.append(try inner.text(template, "run_config.arguments")) }
        }
        return result
    }

    func request(
        _ words: [Template], _ extra: [String], _ directory: Template?, _ environment: [String: Template], _ base: [String: String],
        option: String, stdout: String, stderr: String, captureBytes: UInt64
    ) throws(EngineError) -> GuardedProcess.Request {
        var texts: [String] = []
        for word in words { texts.append(try text(word, option)) }
        var variables = base
        for (name, template) in environment { variables[name] = try text(template, "env.\(name)") }
        let program = try surroundings.program(texts[0], option: option, searching: variables["PATH"])
        return GuardedProcess.Request(
            program: program, arguments: Array(texts.dropFirst()) + extra, environment: variables,
            workingDirectory: try directory.map { template throws(EngineError) in
                try ProgramLookup.directory(
                    surroundings.path(try text(template, "directory")), setting: "directory", inContainer: surroundings.areInContainer)
            } ?? output,
            stdoutPath: stdout, stderrPath: stderr, captureBytes: captureBytes, hasPrivateSharedMemory: surroundings.hasPrivateSharedMemory)
    }

    /// - Parameter output: the program that prints what a sign of its output is looked for in.
    func sign(_ sign: CommandSign, _ option: String, output request: GuardedProcess.Request) throws(EngineError) -> RunSign {
        switch sign {
        case .output(let pattern): return .output(pattern: pattern, stdout: request.stdoutPath, stderr: request.stderrPath)
        case .file(let path): return .file(absolute(try text(path, option)))
        case .seconds(let seconds): return .seconds(seconds)
        case .port(let template):
            let text = try text(template, option)
            if let number = UInt16(text), number > 0 { return .port(number) }
            if case .integer(let number)? = values.groups["ports"]?[text], let port = UInt16(exactly: number) { return .port(port) }
            throw .invalid("\(option): '\(text)' is no port; give a number from 1 to 65535, or the name of one of ports")
        }
    }

    func path(of source: TextSource, _ files: JobFiles, _ option: String) throws(EngineError) -> RunFile {
        switch source {
        case .stdout: return RunFile(name: "stdout", path: files.stdout)
        case .stderr: return RunFile(name: "stderr", path: files.stderr)
        case .file(let template):
            let name = try text(template, option)
            return RunFile(name: name, path: absolute(name))
        }
    }

    private func absolute(_ path: String) -> String { path.utf8.first == UInt8(ascii: "/") ? path : "\(output)/\(path)" }
}

extension RunConfigForms {
    /// The variables that hold the run's parameters.
    static func environment(_ forms: RunConfigForms, _ run: RunConfiguration) -> [String: String] {
        guard let prefix = forms.environmentPrefix else { return [:] }
        func name(_ text: String) -> String {
            prefix + String(String.UnicodeScalarView(text.uppercased().unicodeScalars.map { $0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType != nil) ? $0 : "_" }))
        }
        var variables = [name("seed"): run.seedDecimal, name("run_index"): "\(run.runIndex)"]
        for (key, value) in run.parameters { variables[name(key)] = value.plainText }
        return variables
    }
}
