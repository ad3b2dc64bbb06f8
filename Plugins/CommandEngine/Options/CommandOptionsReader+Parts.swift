import LynxDocument

extension FieldType where Value == CommandFile {
    static var commandFile: FieldType {
        let path = FieldType<Template>.template.map { CommandFile(source: .link($0), target: nil) }
        let mapping: FieldType = .mapping("a file of the run") { fields in
            let sources = ["link", "copy", "template", "text"].filter(fields.has)
            let link = fields.optional("link", .template, "A file or folder of which the run gets a symbolic link.")
            let copy = fields.optional("copy", .template, "A file or folder of which the run gets a copy.")
            let template = fields.optional("template", .template, "A text file whose fields are filled for the run.")
            let text = fields.optional("text", .template, "A text whose fields are filled for the run.")
            let target = fields.optional("to", .template, "The path below the run's output directory; without it the source's own name.")
            let delimiters = fields.optional("delimiters", .delimiters, "What opens and closes a field of the template, in place of { and }.")
            guard sources.count == 1 else {
                fields.report(sources.count > 1 ? sources[1] : "link", sources.isEmpty ? "is missing; give one of link, copy, template and text" : "comes with \(sources[0]); a file has one source")
                return nil
            }
            if delimiters != nil, template == nil { fields.report("delimiters", "belong to a template; leave them out") }
            if text != nil, target == nil { fields.report("to", "is missing; a text needs it: give the path below the run's output directory") }
            let source = link.map { CommandFile.Source.link($0) } ?? copy.map { .copy($0) } ?? template.map { .template($0, delimiters ?? .braces) }
                ?? text.map { .text($0) }
            return source.map { CommandFile(source: $0, target: target) }
        }
        return .alternatives("a path, or a mapping with link, copy, template or text", scalar: path, mapping: mapping)
    }
}

extension FieldType where Value == Template.Delimiters {
    fileprivate static var delimiters: FieldType {
        FieldType<[String]>.list(of: .line(maximum: 8), named: "two texts", minimum: 2).checked { $0.count == 2 ? nil : "has \($0.count) items; give two, such as ['<<', '>>']" }
            .map { Template.Delimiters(open: $0[0], close: $0[1]) }
    }
}

extension FieldType where Value == RunConfigForms {
    static var runConfigForms: FieldType {
        .mapping("forms of the run configuration") { fields in
            var forms = RunConfigForms()
            forms.json = fields.optional("json", .template, "The path of a JSON file, below the run's output directory.")
            forms.yaml = fields.optional("yaml", .template, "The path of a YAML file, below the run's output directory.")
            forms.toml = fields.optional("toml", .template, "The path of a TOML file, below the run's output directory.")
            forms.environmentPrefix = fields.optional("environment", .string, "What the variables begin with that hold the parameters, in capitals: SIM_ for SIM_MASS_KG.")
            forms.arguments = fields.optional("arguments", .command, "Arguments appended for each parameter, such as --{name}={value}.") ?? []
            return forms
        }
    }
}

extension FieldType where Value == [String: PortChoice] {
    static var ports: FieldType {
        let choice = FieldType<PortChoice>("auto or a range such as 14550-14650", schema: { _ in ["type": "string"] }) { field, diagnostics in
            guard let scalar = field.scalar("auto or a range such as 14550-14650", diagnostics) else { return nil }
            if scalar.text == "auto" { return .auto }
            let ends = scalar.text.split(separator: "-").map { UInt16($0) }
            guard ends.count == 2, let low = ends[0], let high = ends[1], low > 0, low <= high else {
                field.mismatch("auto or a range such as 14550-14650", diagnostics)
                return nil
            }
            return .range(low...high)
        }
        return .dictionary(of: choice, named: "names to ports", key: .identifier)
    }
}

extension FieldType where Value == ExitCodeTable {
    static var exitCodes: FieldType {
        let end = FieldType<ExitCodeTable.End>("an exit code, a range such as 64-78, or a signal such as SIGSEGV", schema: { _ in ["type": ["integer", "string"]] }) {
            field, diagnostics in
            guard let scalar = field.scalar("an exit code", diagnostics) else { return nil }
            guard let end = ExitCodeTable.End(scalar.text) else {
                let guess = Suggestion.closest(to: scalar.text, among: SignalName.allCases.map(\.rawValue)).map { "did you mean \($0)? Give" } ?? "give"
                diagnostics.report(
                    "\(Excerpt.quoted(scalar.text)) is no end of a program; \(guess) an exit code from 0 to 255, a range such as 64-78, or a signal such as SIGSEGV",
                    at: field.node.mark, path: field.path)
                return nil
            }
            return end
        }
        return .mapping("a table of exit codes") { fields in
            var rows: [ExitCodeTable.Meaning: [ExitCodeTable.End]] = [:]
            let meanings: [ExitCodeTable.Meaning: String] = [
                .success: "Ends that are a success; without it exit code 0.", .failure: "Ends that are a failure of the run.",
                .simulatorFault: "Ends that are the simulator's fault: the run is repeated without spending its retries.",
                .invalid: "Ends that say that the run's configuration is invalid: the run is not repeated.",
            ]
            for meaning in ExitCodeTable.Meaning.allCases {
                rows[meaning] = fields.optional(meaning.rawValue, .oneOrMore(end, "exit codes"), meanings[meaning] ?? "")
            }
            if let (first, second) = ExitCodeTable.overlap(in: rows) {
                fields.report(second.rawValue, "has an end that \(first.rawValue) has too; give each end one meaning")
            }
            return ExitCodeTable(rows)
        }
    }
}

extension FieldType where Value == TextSource {
    /// `stdout`, `stderr`, or a path below the output directory.
    static var textSource: FieldType {
        FieldType<Template>.template.map { path in
            switch path.constant {
            case "stdout": .stdout
            case "stderr": .stderr
            default: .file(path)
            }
        }
    }
}

extension FieldType where Value == String {
    /// A regular expression.
    ///
    /// - Parameter needsNames: whether it has to have a named group.
    fileprivate static func pattern(needsNames: Bool) -> FieldType {
        line(maximum: 2000).checked { text in
            do {
                _ = try Regex(text)
                return needsNames && !PatternNames.hasAny(text) ? "has no named group; write such as (?<speed_m_s>[-+.0-9eE]+) for the value" : nil
            } catch {
                return "is not a regular expression: \(PatternError.text(error)); put the pattern in single quotes"
            }
        }
    }
}

private enum PatternNames {
    /// Whether a pattern has a group such as `(?<speed>…)`.
    static func hasAny(_ pattern: String) -> Bool {
        let scalars = Array(pattern.unicodeScalars)
        return scalars.indices.contains { start in
            ["(?<", "(?P<"].contains { opening in
                let rest = scalars[start...]
                guard rest.starts(with: opening.unicodeScalars) else { return false }
                // What follows in a look-behind is no letter.
                return rest.dropFirst(opening.unicodeScalars.count).first.map { $0.properties.isAlphabetic || $0 == "_" } ?? false
            }
        }
    }
}

private enum PatternError {
    /// The first line of the compiler's words, without the places that it gives.
    static func text(_ error: any Error) -> String {
        let words = String(describing: error)
        return words.split(separator: "\n").first.map { String($0) } ?? "it cannot be read"
    }
}

extension FieldType where Value == ResultSource {
    static var resultSource: FieldType {
        .mapping("a source of results") { fields in
            let kinds = ["json", "csv", "key_value", "regex"].filter(fields.has)
            let json = fields.optional("json", .textSource, "A JSON file, or stdout.")
            let csv = fields.optional("csv", .textSource, "A CSV file, or stdout, whose last row counts.")
            let keyValue = fields.optional("key_value", .textSource, "A text with lines such as speed = 1.5: a file, stdout or stderr.")
            let pattern = fields.optional("regex", .pattern(needsNames: true), "A regular expression whose named groups are outputs.")
            let place = fields.optional("in", .textSource, "The text that the regular expression is looked for in: a file, stdout (by default) or stderr.")
            let values = fields.optional("values", .names(of: .numberLikeLine, named: "names of outputs to names in the source"), "The names of outputs, and what the source calls each; without it all numbers are outputs.") ?? [:]
            let units = fields.optional("units", .names(of: .string, named: "names of outputs to units"), "The units of outputs.") ?? [:]
            guard kinds.count == 1 else {
                fields.report(kinds.count > 1 ? kinds[1] : "json", kinds.isEmpty ? "is missing; give one of json, csv, key_value and regex" : "comes with \(kinds[0]); a source has one format")
                return nil
            }
            if place != nil, kinds != ["regex"] { fields.report("in", "belongs to 'regex'; give the file after '\(kinds[0]):'") }
            let format: ResultSource.Format? = json.map { _ in .json } ?? csv.map { _ in .csv } ?? keyValue.map { _ in .keyValue } ?? pattern.map { .pattern($0) }
            return format.map { ResultSource(format: $0, source: json ?? csv ?? keyValue ?? place ?? .stdout, values: values, units: units) }
        }
    }
}

extension FieldType where Value == TelemetrySource {
    static var telemetrySource: FieldType {
        .mapping("a source of telemetry") { fields in
            let source = fields.required("from", .textSource, "stdout, stderr or a file that grows, below the run's output directory.")
            let format = fields.optional("format", .choice() as FieldType<TelemetrySource.Format>, "json_lines, or csv with a first line of names; by default what the file's name says.")
            let time = fields.optional("time", .line(), "The key or column of the simulated time in seconds; by default time, t, sim_time_s, time_s, Time or a CSV file's first column.")
            let variables = fields.optional("variables", .names(of: .numberLikeLine, named: "names of variables to keys or columns"), "The variables, and the key or column of each; without it all numbers are variables.") ?? [:]
            let units = fields.optional("units", .names(of: .string, named: "names of variables to units"), "The units of variables.") ?? [:]
            guard let source else { return nil }
            var isTable = false
            if case .file(let path) = source, case .text(let end)? = path.parts.last { isTable = end.suffix(4).elementsEqual(".csv".utf8) }
            return TelemetrySource(source: source, format: format ?? (isTable ? .csv : .jsonLines), time: time, variables: variables, units: units)
        }
    }
}

extension FieldType where Value == CommandSign {
    static var sign: FieldType {
        .mapping("a sign") { fields in
            let kinds = ["output", "file", "port", "seconds"].filter(fields.has)
            let output = fields.optional("output", .pattern(needsNames: false), "A regular expression that a line of the program's output matches.")
            let file = fields.optional("file", .template, "A file that appears, below the run's output directory.")
            let port = fields.optional("port", .template, "A TCP port that accepts connections on 127.0.0.1, such as {ports.api}.")
            let seconds = fields.optional("seconds", .number(above: 0, atMost: 1e6), "Seconds since the program's start.")
            guard kinds.count == 1 else {
                fields.report(kinds.count > 1 ? kinds[1] : "output", kinds.isEmpty ? "is missing; give one of output, file, port and seconds" : "comes with \(kinds[0]); give one of them")
                return nil
            }
            return output.map { .output($0) } ?? file.map { .file($0) } ?? port.map { .port($0) } ?? seconds.map { .seconds($0) }
        }
    }
}

extension MappingReader {
    fileprivate func stopSignal() -> StopSignal {
        var stop = StopSignal()
        stop.signal = optional("signal", .choice() as FieldType<SignalName>, "The signal that asks the program to end; by default SIGTERM.") ?? stop.signal
        stop.grace = optional("grace_seconds", .number(atLeast: 0, atMost: 3600), "Seconds from the signal to the kill; by default 5.") ?? stop.grace
        return stop
    }
}

extension FieldType where Value == CommandServer {
    static var server: FieldType {
        .mapping("a server") { fields in
            let command = fields.required("command", .command, "The program and its arguments: a list, or one line.")
            var server = CommandServer(command: command ?? [])
            server.directory = fields.optional("directory", .template, "Where the program starts; without it in the run's output directory.")
            server.environment = fields.optional("env", .templates("variables"), "Variables of the program's environment.") ?? [:]
            server.ready = fields.optional("ready", .sign, "What shows that the server is ready; without it its start.")
            server.readyTimeout = fields.optional("ready_timeout_seconds", .number(above: 0, atMost: 86_400), "Seconds for the server to become ready; by default 60.") ?? 60
            server.stop = fields.stopSignal()
            return command == nil ? nil : server
        }
    }
}

extension FieldType where Value == CommandStop {
    static var commandStop: FieldType {
        .mapping("how the command is stopped") { fields in
            let when = fields.required("when", .sign, "What shows that the command has done its work.")
            let stop = fields.stopSignal()
            return when.map { CommandStop(when: $0, stop: stop) }
        }
    }
}
