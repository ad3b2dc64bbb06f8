import EngineCheck
import FoundationEssentials
import Glibc
import LynxDocument
import LynxModel
import RunnerHost
import Support
import Synchronization

/// The files of `check-engine`. Each function ends the program with code 2 if a file is not as it should be.
enum CheckInput {
    static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let here = getcwd(nil, 0) else { return path }
        defer { free(here) }
        return "\(String(cString: here))/\(path)"
    }

    /// The text of a run configuration.
    static func runConfig(_ path: String) -> String {
        guard let bytes = WholeFile.read(path) else { refuse(["\(path): cannot be read"]) }
        let document = Document.json(bytes, name: path)
        if let list = document.diagnostics.list { refuse(list.lines) }
        guard case .mapping? = document.root?.content else { refuse(["\(path): is not a JSON object; give a run configuration"]) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The settings of an engine: those that a runner of that configuration passes, and the options on top.
    static func settings(options: String?, config: String?) -> @Sendable (CheckedEngine?) -> [String: String] {
        let configuration: RunnerConfiguration
        do throws(DiagnosticList) {
            configuration = try RunnerConfiguration.load(file: config, environment: ProcessInfo.processInfo.environment, flags: [:])
        } catch {
            refuse(error.lines)
        }
        let own = options.map(read) ?? [:]
        return { engine in
            var section = own
            // A file may hold the whole of engine_options.
            if let engine, own.count == 1, case .group(let inner)? = own[engine.id] { section = inner }
            return EngineSettings.make(for: engine?.id ?? "", fields: engine?.runnerFields, configuration).merging(section.settings) { $1 }
        }
    }

    private static func read(_ path: String) -> [String: EngineOption] {
        let document = Document.yaml(file: path)
        do throws(DiagnosticList) {
            return try document.read(as: .engineOptionGroup)
        } catch {
            refuse(error.lines)
        }
    }
}

/// The number of processors, as a default.
enum MachineProcessors {
    static let count = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
}

/// A line at the end of a terminal that says how far the checks are.
final class ProgressLine: Sendable {
    private let total: Int
    private let isShown: Bool
    private let counts = Mutex((made: 0, failed: 0))

    init(_ total: Int, isShown: Bool) {
        self.total = total
        self.isShown = isShown && isatty(STDOUT_FILENO) == 1
    }

    func clear() { if isShown { write("\r\u{1B}[K") } }

    func advance(_ isFailure: Bool) {
        let (made, failed) = counts.withLock { counts in
            counts.made += 1
            if isFailure { counts.failed += 1 }
            return counts
        }
        if isShown, made < total { write("\(made)/\(total)  \(failed) failed") }
    }

    private func write(_ text: String) {
        let bytes = Array(text.utf8)
        _ = Glibc.write(STDOUT_FILENO, bytes, bytes.count)
    }
}
