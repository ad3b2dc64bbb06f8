import LynxDocument
import LynxModel
import Support

/// Prepares one run of code that comes with its batch, from the folder that it is in before it goes anywhere.
struct BundlePreparation {
    let runner: RunnerProcess
    let code: BundleSpec
    let assignment: JobAssignment
    let host: HostTable
    private let files: LocalBundle.Files?
    private let document: Document

    private static let simulation = ["config", "simulation"]
    private static let bundle = simulation + ["bundle"]
    private static let warmWorkers = "warm_workers"

    init(runner: RunnerProcess, code: BundleSpec, local: LocalBundle, assignment: JobAssignment, host: HostTable) {
        self.runner = runner
        self.code = code
        self.assignment = assignment
        self.host = host
        files = local.files
        document = Document.yaml(file: local.batchFile)
    }

    /// - Returns: the description, in lines for the user; empty if nothing is kept.
    /// - Throws: `StartupError`, with the places in the batch file of what is wrong there.
    func perform(among engines: [EngineLibrary], keep: Bool) throws -> [String] {
        let engine = try engine(among: engines)
        if let field = document.field(Self.bundle), let problems = engine.declaration?.problems(withBundle: field), !problems.isEmpty {
            throw StartupError(problems.map(\.description))
        }
        guard let files else { return keep ? ["the bundle is on the control plane; give its folder to prepare a run of it"] : [] }
        // What build commands make is there only once they have run.
        guard keep || (code.build == nil && code.requirements == nil) else { return [] }
        let directory = try AttemptDirectory(assignment, under: try runner.prepareOutputRoot())
        let cache = "\(directory.path).bundle"
        defer { if !keep { for path in [directory.path, cache] { _ = try? DirectoryRemoval.remove(path) } } }
        do {
            var cacheSettings = runner.bundleSettings(state: cache)
            cacheSettings.root = cache
            let ready = try files.makeReady(code, cacheSettings, runsCommands: keep)
            let spec = ScenarioSpec(code, root: ready.root, environment: ready.environment, engine: engine.id)
            var settings = try EngineSettings.make(
                for: spec, of: engine.id, engine.declaration, runner.configuration, expectedJobs: runner.expectedJobs)
            // Warm workers begin with running the code's imports.
            if engine.declaration?.keys.contains(where: { $0.key == Self.warmWorkers }) == true { settings[Self.warmWorkers] = "false" }
            try runner.prepare(assignment, in: directory, engine, settings, host)
            return keep ? RunnerProcess.description(of: directory, engine: engine.id) + description(of: ready, spec) : []
        } catch let error as EngineFailure {
            throw StartupError(located(error, engine.declaration))
        } catch let error as BundleError {
            throw StartupError(line(Self.bundle, "cannot be made ready: \(error.description)"))
        } catch let error as FileError {
            throw StartupError(line(Self.bundle, "cannot be made ready: \(error)"))
        }
    }

    private func engine(among engines: [EngineLibrary]) throws(StartupError) -> EngineLibrary {
        let type = assignment.runConfig.simulation.type
        do throws(EngineFailure) {
            let engine = try EngineSelection(engines, capabilities: runner.configuration.capabilities).engine(for: type)
            guard engine.runsScenarios else {
                throw EngineFailure(kind: .invalid, message: "the engine '\(engine.id)' runs no code that comes with a batch; it runs what the runner's configuration names")
            }
            return engine
        } catch {
            guard error.kind == .invalid, !engines.contains(where: { $0.id == type }) else { throw StartupError(line(Self.simulation + ["type"], error.message)) }
            let names = engines.map(\.id)
            let guess = Suggestion.closest(to: type, among: names).map { "did you mean '\($0)'?" } ?? "engines lists \(names.joined(separator: ", "))"
            throw StartupError(line(Self.simulation + ["type"], "\(Excerpt.quoted(type)) is no engine of this runner; \(guess)"))
        }
    }

    /// An engine's own words, with the place of the field that they are about.
    private func located(_ error: EngineFailure, _ declaration: EngineDeclaration?) -> String {
        let field = document.field(Self.bundle)
        if let line = runner.configuration.located(error.message, in: field, declaration) { return line }
        let message = error.named(in: code, declaration).message
        return field == nil ? "run \(assignment.runConfig.runIndex) cannot be prepared: \(message)" : line(Self.bundle, "run \(assignment.runConfig.runIndex) cannot be prepared: \(message)")
    }

    private func line(_ keys: [String], _ message: String) -> String {
        var known = keys
        while !known.isEmpty, document.field(known) == nil { known.removeLast() }
        let path = keys.reduce(FieldPath.root) { $0.appending($1) }
        guard let field = document.field(known), !known.isEmpty else { return "\(path.text): \(message)" }
        return Diagnostic(mark: field.node.mark, fieldPath: path.text, message: message).description
    }

    private func description(of ready: LocalBundle.Files.Ready, _ spec: ScenarioSpec) -> [String] {
        var lines = ["the bundle's code in \(ready.root):"]
        lines += RunnerProcess.files(below: ready.root, prefix: "").map { "  \($0)" }
        lines.append("what the engine is given of it:")
        let given: [(String, String?)] = [("entrypoint", spec.entrypoint), ("python_executable", spec.pythonExecutable ?? runner.configuration.pythonExecutable), ("working_directory", spec.workingDirectory)]
        lines += given.compactMap { name, value in value.map { "  \(name): \($0)" } }
        lines += spec.options.settings.sorted { $0.key < $1.key }.map { "  \($0.key): \($0.value)" }
        lines.append("environment:")
        lines += spec.variables.sorted { $0.key < $1.key }.map { "  \($0.key)=\($0.value)" }
        guard !ready.log.isEmpty else { return lines }
        return lines + ["installing and building printed:"] + String(decoding: ready.log, as: UTF8.self).split(separator: "\n").map { "  \($0)" }
    }
}
