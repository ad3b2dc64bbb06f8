import CLinux
import EventLoop
import FoundationEssentials
import LynxDocument
import LynxModel
import Support

extension RunnerProcess {
    /// Prepares one run as its job would be: loads and configures the engines, creates the attempt's directory and lets the
    /// engine write its files. No simulation is started.
    ///
    /// - Parameters:
    ///   - runConfigFile: the path of the run configuration, JSON.
    ///   - keep: whether the directory is kept and described. Only then the requirements of a bundle are installed, and its build
    ///     commands run.
    ///   - bundle: the code that comes with the batch; nil if none does.
    /// - Returns: the description, in lines for the user; empty if nothing is kept.
    /// - Throws: `StartupError` for errors that the user can correct.
    package func prepare(runConfigFile: String, keep: Bool, bundle: LocalBundle? = nil) async throws -> [String] {
        guard let text = WholeFile.read(runConfigFile) else { throw StartupError("cannot read the run configuration \(runConfigFile)") }
        let run: RunConfiguration
        do {
            run = try WireJSON.decode(RunConfiguration.self, from: Data(text))
        } catch {
            throw StartupError("\(runConfigFile): is no run configuration: \(error)")
        }
        // What installs and builds a bundle is reaped by this process.
        if bundle != nil { _ = lynx_set_child_subreaper() }
        let host = HostTable(logger: logger)
        // Engines are guaranteed a thread that stays.
        let loader = CallThreads(name: "lynx-load", most: 1)
        defer { withExtendedLifetime(loader) {} }
        return try await loader.run { try prepare(run, host, bundle, keep: keep) }
    }

    private func prepare(_ run: RunConfiguration, _ host: HostTable, _ bundle: LocalBundle?, keep: Bool) throws -> [String] {
        let engines = try select(from: catalog(host))
        let assignment = JobAssignment(
            jobID: run.jobID, batchID: run.batchID, attempt: 1, timeoutSecs: 1, runConfig: run, earlyTermination: EarlyTerminationSpec(),
            telemetry: TelemetrySpec())
        if let code = run.simulation.bundle {
            guard let bundle else { throw StartupError("the study's code comes as a bundle; give --batch-file, and --bundle-folder and --bundle-manifest") }
            return try BundlePreparation(runner: self, code: code, local: bundle, assignment: assignment, host: host).perform(among: engines, keep: keep)
        }
        do {
            let (engine, settings) = try what(run.simulation, among: engines)
            let directory = try AttemptDirectory(assignment, under: try prepareOutputRoot())
            defer { if !keep { _ = try? DirectoryRemoval.remove(directory.path) } }
            try prepare(assignment, in: directory, engine, settings, host)
            return keep ? Self.description(of: directory, engine: engine.id) : []
        } catch let error as EngineFailure {
            throw StartupError("run \(run.runIndex) cannot be prepared: \(error.message)")
        }
    }

    /// Lets the engine prepare the job, and release it.
    func prepare(
        _ assignment: JobAssignment, in directory: AttemptDirectory, _ engine: EngineLibrary, _ settings: [String: String]?, _ host: HostTable
    ) throws {
        let token = host.register(logger) { _ in }
        defer { host.forget(token) }
        let job = try EngineJob(
            engine, assignment, in: directory, token: token,
            runConfigJSON: String(decoding: try WireJSON.encode(assignment.runConfig, pretty: true), as: UTF8.self),
            telemetryURL: "http://127.0.0.1:1", settings: settings)
        job.release()
    }

    /// The engine of a study, with the settings of the scenario that it names.
    private func what(_ simulation: SimulationSpec, among engines: [EngineLibrary]) throws -> (EngineLibrary, [String: String]?) {
        guard let name = simulation.scenario else {
            return (try EngineSelection(engines, capabilities: configuration.capabilities).engine(for: simulation.type), nil)
        }
        let catalog = try scenarioCatalog(of: engines)
        guard let scenario = catalog[name], let engine = engines.first(where: { $0.id == scenario.engine }) else {
            let remedy =
                Suggestion.closest(to: name, among: catalog.names).map { "did you mean '\($0)'?" }
                ?? "there are \(catalog.names.joined(separator: ", "))"
            throw StartupError("this runner has no scenario '\(name)'; \(remedy)")
        }
        return (engine, scenario.settings)
    }

    /// What an engine leaves beside the output directory for those who want to run the job by hand.
    private static let script = "command.sh"

    static func description(of directory: AttemptDirectory, engine: String) -> [String] {
        var lines = ["prepared by engine '\(engine)' in \(directory.path):"]
        lines += files(below: directory.path, prefix: "").map { "  \($0)" }
        if let script = WholeFile.read("\(directory.path)/\(script)") {
            lines += ["\(Self.script):"] + String(decoding: script, as: UTF8.self).split(separator: "\n").map { "  \($0)" }
        }
        return lines
    }

    static func files(below folder: String, prefix: String) -> [String] {
        Directory.visibleNames(in: folder).flatMap { name -> [String] in
            let path = "\(folder)/\(name)"
            guard let status = FileStatus(path, followsLinks: false), !status.isRegular else { return [prefix + name] }
            return status.isDirectory ? files(below: path, prefix: "\(prefix)\(name)/") : ["\(prefix)\(name) (a link)"]
        }
    }
}
