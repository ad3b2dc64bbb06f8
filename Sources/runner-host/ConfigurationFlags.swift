import FoundationEssentials
import Glibc
import LynxDocument
import LynxModel
import RunnerHost

/// The command-line flags that correspond to fields of the configuration, and `--config`.
///
/// They are removed from the command line before the argument parser sees the rest: it would need a declaration for each of
/// them, while fields are known from their table alone.
struct ConfigurationFlags {
    static let given = ConfigurationFlags(Array(CommandLine.arguments.dropFirst()))

    private var file: String?
    /// The given values by field key.
    private var values: [String: String] = [:]
    /// The arguments that are left for the argument parser.
    private(set) var rest: [String] = []
    private var withoutValue: [String] = []

    private static let config = "--config"
    private static let keys: [String: String] = {
        let flags = RunnerField.all.compactMap { field in field.flag.map { ($0, field.key) } }
        return Dictionary(uniqueKeysWithValues: flags + [("--control-plane", "control_plane_url")])
    }()
    private static let ofCommands: Set = [
        "--help", "--version", "--check-config", "--parent-pid", "--expected-jobs", "--keep", "--batch-file", "--bundle-folder",
        "--bundle-manifest", "--describe", "--json",
    ]

    init(_ arguments: [String]) {
        // A command with flags of its own.
        guard arguments.first != CheckEngineCommand.name else {
            rest = arguments
            return
        }
        var arguments = arguments[...]
        while let argument = arguments.popFirst() {
            if argument == "--" {
                rest += [argument] + arguments
                break
            }
            let name = String(argument.prefix { $0 != "=" })
            guard name.hasPrefix("--"), !Self.ofCommands.contains(name), !name.hasPrefix("--generate-completion") else {
                rest.append(argument)
                continue
            }
            let value: String
            if argument != name {
                value = String(argument.dropFirst(name.count + 1))
            } else if let next = arguments.first, !next.hasPrefix("--") {
                value = arguments.removeFirst()
            } else {
                withoutValue.append(name)
                continue
            }
            if name == Self.config {
                file = value
            } else {
                // A name that the host does not know may be an engine's; once the engines are loaded it is refused if it is not.
                values[Self.keys[name] ?? Self.key(name)] = value
            }
        }
    }

    /// The effective configuration. Ends the program with code 2 if the configuration is invalid.
    func load() -> RunnerConfiguration {
        let known = Set(Self.keys.keys).union([Self.config])
        let lines = withoutValue.filter(known.contains).map { "\($0): has no value; give one behind it" }
        if !lines.isEmpty { refuse(lines) }
        do throws(DiagnosticList) {
            return try read()
        } catch {
            refuse(error.lines)
        }
    }

    /// Reads all sources of the configuration, as they are now.
    func read() throws(DiagnosticList) -> RunnerConfiguration {
        var values = values
        for name in withoutValue { values[Self.key(name)] = "" }
        return try RunnerConfiguration.load(file: file, environment: ProcessInfo.processInfo.environment, flags: values)
    }

    /// The field of a flag.
    private static func key(_ flag: String) -> String { String(flag.dropFirst(2).map { $0 == "-" ? "_" : $0 }) }

    /// The flags' part of `--help`.
    static let help: String = {
        let flags = [(config, "The configuration file (LYNX_RUNNER_CONFIG).")]
            + RunnerField.all.compactMap { field in
                field.flag.map { ($0, "\(field.plainDocumentation.dropLast()) (default: \(field.defaultText)).") }
            }
        return flags.map { flag, text in "  \(flag)\n" + wrapped(text, indent: 10) }.joined(separator: "\n")
            + "\n\nEngines declare further fields; 'runner-host fields' lists them too."
    }()

    private static func wrapped(_ text: String, indent: Int) -> String {
        var lines: [String] = [""]
        for word in text.split(separator: " ") {
            if lines[lines.count - 1].count + word.count + 1 > 78 - indent { lines.append("") }
            lines[lines.count - 1] += (lines[lines.count - 1].isEmpty ? "" : " ") + word
        }
        return lines.map { String(repeating: " ", count: indent) + $0 }.joined(separator: "\n")
    }
}

/// Ends the program with code 2 after printing one line for each error.
///
/// - Parameter places: a file of the user's; a line that begins with a place in it stays as it is.
func refuse(_ lines: [String], places: String? = nil) -> Never {
    for line in lines { say(places.map { line.hasPrefix($0 + ":") } == true ? line : "runner-host: " + line, on: STDERR_FILENO) }
    exit(2)
}

/// Writes a line without buffering.
func say(_ line: String, on descriptor: Int32) {
    let bytes = Array((line + "\n").utf8)
    var start = 0
    while start < bytes.count {
        let count = bytes[start...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        if count < 0 && errno == EINTR { continue }
        if count <= 0 { return }
        start += count
    }
}
