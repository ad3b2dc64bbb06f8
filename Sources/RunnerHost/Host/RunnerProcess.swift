import CLinux
import EngineABI
import EventLoop
import FoundationEssentials
import Glibc
import Logging
import LynxDocument
import LynxModel
import NIOSSL
import Support
import TelemetryServer

/// The runner as a process: its checks and set-up before the first job, and its reaction to signals.
package struct RunnerProcess {
    package static let version = "0.1.0"

    let configuration: RunnerConfiguration
    let expectedJobs: Int?
    private let read: ConfigurationReload.Read
    let logger: Logger

    /// - Parameters:
    ///   - expectedJobs: the total number of jobs to expect, if known.
    ///   - read: reads the configuration again.
    package init(
        _ configuration: RunnerConfiguration, expectedJobs: Int? = nil, read: ConfigurationReload.Read? = nil
    ) {
        self.read = read ?? { .success(configuration) }
        self.configuration = configuration
        self.expectedJobs = expectedJobs
        var logger = Logger(label: "runner-host") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = configuration.logLevel
        self.logger = logger
    }

    /// Makes a crash, for example in an engine, end this process at once with a line that names the place.
    package static func prepareLastWords() { lynx_prepare_last_words("runner-host") }

    /// Runs until drained. `parent` is a process whose end ends this one at once.
    ///
    /// - Throws: `StartupError` for errors that the user can correct; `ControlPlaneError` if the control plane refuses this
    ///   runner.
    package func run(parent: Int32?) async throws {
        Self.raiseDescriptorLimit()
        if !configuration.writesCoreFiles { Self.lowerCoreLimit() } else if let warning = CorePattern.warning() { logger.warning("\(warning)") }
        // Orphans of simulations become children of this process, which can then reap and end them.
        _ = lynx_set_child_subreaper()

        let host = HostTable(logger: logger)
        // Tasks move between threads that may end, but engines are guaranteed a thread that stays.
        let loader = CallThreads(name: "lynx-load", most: 1)
        defer { withExtendedLifetime(loader) {} }
        let (engines, scenarios, fields) = try await loader.run { () throws -> ([EngineLibrary], ScenarioCatalog, EngineFields) in
            let catalog = catalog(host)
            let engines = try select(from: catalog)
            return (engines, try scenarioCatalog(of: engines), catalog.fields)
        }
        let outputRoot = try prepareOutputRoot()
        let state = try stateDirectory()
        let records = try startup { () throws(FileError) in try RunningRecords(stateDirectory: state.path) }
        let strays = records.sweep()
        if strays.ended > 0 { logger.warning("ended processes that an earlier runner left", metadata: ["count": "\(strays.ended)"]) }
        if strays.remaining > 0 {
            logger.warning("processes that an earlier runner left cannot be ended", metadata: ["count": "\(strays.remaining)"])
        }

        let confinements = try await loader.run { try self.confinements(of: engines, state: state) }
        let loop = try EventLoop(name: "lynx-io")
        let conditions = RunnerConditions(self.conditions(of: engines, outputRoot: outputRoot, state: state.path))
        let roots = try controlPlaneRoots()
        let client = try startup { () throws(InvalidControlPlaneURL) in
            try ControlPlaneClient(url: configuration.controlPlaneURL, roots: roots)
        }
        var limits = TelemetryLimits()
        limits.maxMessageBytes = configuration.telemetryMaxMessageBytes
        let simulations = SimulationHost(
            configuration: configuration, outputRoot: outputRoot,
            engines: EngineSelection(engines, capabilities: configuration.capabilities), table: host,
            telemetry: TelemetryServer(loops: try Self.telemetryLoops(), limits: limits),
            records: records, conditions: conditions, scenarios: scenarios,
            bundles: BundleStore(bundleSettings(state: state.path), client: client, logger: logger),
            confinements: confinements,
            scenarioSettings: { [configuration, expectedJobs] spec, engine in
                try EngineSettings.make(for: spec, of: engine.id, engine.declaration, configuration, expectedJobs: expectedJobs)
            },
            defaults: engines.filter(\.hasDefault).map { engine in
                let settings = EngineSettings.make(for: engine.id, engine.declaration, configuration, expectedJobs: expectedJobs)
                return NamedScenario(name: "", engine: engine.id, settings: settings)
            },
            secrets: { [configuration, path = state.credentialPath] in configuration.secrets(credential: path) }, loop: loop, logger: logger)
        let own = try startup { () throws(RunnerIDError) in
            try RunnerIDLock(runnerID: state.runnerID, controlPlane: client.url, stateDirectory: state.path)
        }
        defer { withExtendedLifetime(own) {} }
        let capabilities = MachineCapabilities.read(configuration, engines)
        let engineLimits = configuration.engineLimits(of: engines, processors: MachineCapabilities.processors)
        for (engine, limit) in engineLimits.sorted(by: { $0.key < $1.key }) where limit < configuration.maxConcurrentJobs {
            logger.info("an engine has a limit of its own", metadata: ["engine": "\(engine)", "max_concurrent_jobs": "\(limit)"])
        }
        let service = RunnerService(
            identity: RunnerIdentity(
                runnerID: state.runnerID, name: configuration.runnerName, version: Self.version, machine: MachineCapabilities.identity),
            capabilities: capabilities, engines: try EngineReports(engines),
            client: client, spool: Spool(state), host: simulations, logger: logger,
            options: RunnerOptions(configuration: configuration),
            engineLimits: engineLimits)
        host.onRetract { service.retract(basis: $0, reason: $1) }

        do {
            try await enroll(state, client, capabilities)
        } catch {
            await client.shutdown()
            throw error
        }
        let reload = ConfigurationReload(read: read, running: configuration, engines: engines, fields: fields, catalog: scenarios, logger: logger)
        let stopping = Stopping(drain: service.drain, stopNow: service.stopNow, reload: reload.start)
        stopping.watchSignals()
        if let parent { try await stopping.watch(parent: parent, on: loop, gone: service.orphaned) }
        defer { stopping.cancel() }
        do {
            try await service.run()
        } catch {
            await client.shutdown()
            throw error
        }
        await client.shutdown()
    }

    /// Telemetry is evaluated on as many threads as there are processors, but at most eight, which suffice for any number of
    /// processors.
    private static func telemetryLoops() throws -> [EventLoop] {
        try (0..<min(MachineCapabilities.processors, 8)).map { try EventLoop(name: "lynx-io-\($0)") }
    }

    /// Gives the client this runner's credential, if it has or can get one. Signals keep their default effect meanwhile.
    private func enroll(_ state: StateDirectory, _ client: ControlPlaneClient, _ capabilities: RunnerCapabilities) async throws {
        let enrollment = Enrollment(
            controlPlane: client.url, path: state.credentialPath, tokenFile: configuration.enrollmentTokenFile,
            request: EnrollRequest(runnerID: state.runnerID, name: configuration.runnerName, capabilities: capabilities),
            log: RunnerLog(logger: logger))
        client.use(try await enrollment.keeper(client))
    }

    private func controlPlaneRoots() throws(StartupError) -> [NIOSSLCertificate]? {
        guard let path = configuration.controlPlaneCAFile else { return nil }
        guard let certificates = try? NIOSSLCertificate.fromPEMFile(path), !certificates.isEmpty else {
            throw StartupError("control_plane_ca_file: '\(path)' holds no certificates in PEM form, or cannot be read")
        }
        return certificates
    }

    func catalog(_ host: HostTable) -> EngineCatalog {
        EngineCatalog(
            searchPath: EngineCatalog.defaultSearchPath(
                enginePath: configuration.enginePath, executableDirectory: Self.executableDirectory),
            host: host.makeTable(), isolation: isolationPolicy)
    }

    /// An engine's process may use a quarter of the machine's memory: it only starts simulations, which do not count.
    private var isolationPolicy: IsolationPolicy {
        IsolationPolicy(
            // Also if the file has been replaced since this process started.
            program: "/proc/self/exe", ownFolders: EngineCatalog.defaultSearchPath(enginePath: [], executableDirectory: Self.executableDirectory),
            chosen: configuration.engineIsolation, memoryLimits: configuration.engineMemoryLimits,
            defaultMemoryLimit: MachineCapabilities.memoryBytes / 4, patience: .seconds(configuration.engineCallTimeoutSeconds), logger: logger)
    }

    /// The requested engines, configured.
    func select(from catalog: EngineCatalog) throws(StartupError) -> [EngineLibrary] {
        try catalog.checkFields(of: configuration)
        let missing = configuration.engines.filter { catalog.engine($0) == nil }
        guard missing.isEmpty else {
            let names = missing.map { "'\($0)'" }.joined(separator: ", ")
            throw StartupError(["engines: no engine \(names) in \(catalog.searchPath.joined(separator: ":")); found:"] + catalog.listing())
        }
        let engines = configuration.engines.compactMap(catalog.engine)
        for engine in catalog.engines where !configuration.engines.contains(engine.id) { engine.isolated?.discard() }
        var problems: [String] = []
        for engine in engines {
            let wrong = configuration.problems(withSectionOf: engine.id, engine.declaration)
            problems += wrong
            guard wrong.isEmpty else { continue }
            do throws(EngineFailure) {
                var settings = EngineSettings.make(for: engine.id, engine.declaration, configuration, expectedJobs: expectedJobs)
                if engine.runsScenarios, configuration.mayHaveScenarios { settings["scenarios"] = "true" }
                try engine.configure(settings)
            } catch {
                let line = configuration.located(error.message, in: configuration.optionSources.engines[engine.id])
                problems.append(line ?? "engine \(engine.id): \(error.message)")
            }
        }
        guard problems.isEmpty else { throw StartupError(problems) }
        return engines
    }

    func bundleSettings(state: String) -> BundleStore.Settings {
        let python = RunnerCondition.present(configuration.pythonExecutable, setting: "python_executable")?.path
        return BundleStore.Settings(
            root: state + "/bundles", maxBytes: Int64(configuration.bundleCacheMaxBytes), buildSeconds: configuration.bundleBuildSeconds,
            buildMaxBytes: Int64(configuration.bundleBuildMaxBytes), python: python ?? configuration.pythonExecutable)
    }

    func scenarioCatalog(of engines: [EngineLibrary]) throws(StartupError) -> ScenarioCatalog {
        let scenarios = try configuration.namedScenarios(engines, expectedJobs: expectedJobs)
        scenarios.logNeedsOfImages(logger)
        return ScenarioCatalog(
            scenarios, bundleTypes: configuration.bundleTypes(engines),
            scenarioOnly: engines.filter { !$0.hasDefault }.map(\.id),
            containerEngines: configuration.containerRuntime.isEmpty ? [] : engines.filter { $0.confinesCommands && $0.runsScenarios }.map(\.id))
    }

    /// Creates the output root if necessary and tests by writing that it is writable.
    func prepareOutputRoot() throws(StartupError) -> String {
        let path = Self.absolute(configuration.outputRoot)
        func failure(_ verb: String, _ code: Int32) -> StartupError {
            let reason = String(cString: strerror(code))
            return StartupError(
                "output_root: cannot \(verb) '\(configuration.outputRoot)': \(reason); give a directory that this user may write to")
        }
        do throws(FileError) {
            try Directory.make(path)
        } catch {
            throw failure("make", error.code)
        }
        let probe = path + "/.probe-\(getpid())"
        guard mkdir(probe, 0o700) == 0 else { throw failure("write to", errno) }
        rmdir(probe)
        return path
    }

    /// The conditions of this machine that each engine's jobs depend on.
    private func conditions(of engines: [EngineLibrary], outputRoot: String, state: String) -> [String: [RunnerCondition]] {
        let folders = [RunnerCondition.writable(outputRoot, setting: "output_root"), .writable(state, setting: "state_directory")]
        return Dictionary(
            uniqueKeysWithValues: engines.map { engine in
                let settings = EngineSettings.make(for: engine.id, engine.declaration, configuration).sorted { $0.key < $1.key }
                return (engine.id, folders + settings.compactMap { RunnerCondition.present($0.value, setting: $0.key) })
            })
    }

    private func stateDirectory() throws(StartupError) -> StateDirectory {
        try startup { () throws(StateDirectoryError) in try StateDirectory(path: Self.absolute(configuration.stateDirectory)) }
    }

    private func startup<Value, Failure: Error>(_ body: () throws(Failure) -> Value) throws(StartupError) -> Value {
        do throws(Failure) { return try body() } catch { throw StartupError("\(error)") }
    }

    private static func absolute(_ path: String) -> String {
        path.utf8.first == UInt8(ascii: "/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    }

    private static var executableDirectory: String {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = buffer.withUnsafeMutableBytes { readlink("/proc/self/exe", $0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count) }
        let path = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
        return path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[..<$0]) } ?? "."
    }

    /// Simulations inherit the limit: core files would be written to the working directory, which all share, and overwrite each
    /// other. A simulation may raise the limit again.
    private static func lowerCoreLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = 0
        setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
    }

    /// Each job uses about ten descriptors. Simulations inherit the limit, so it stays within what programs support.
    private static func raiseDescriptorLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = max(limit.rlim_cur, min(limit.rlim_max, 65_536))
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}

/// The reason why the runner does not start: bad input, with one line for each error that states what is wrong and what would
/// be right.
package struct StartupError: Error, Sendable {
    package var lines: [String]

    init(_ lines: [String]) { self.lines = lines }
    init(_ line: String) { lines = [line] }
}
