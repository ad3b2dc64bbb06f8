import CLinux
import EngineABI
import EventLoop
import FoundationEssentials
import Glibc
import Logging
import LynxModel
import NIOSSL
import Support
import TelemetryServer

/// The runner as a process: what is checked and put together before the first job, and how signals end it.
package struct RunnerProcess {
    package static let version = "0.1.0"

    private let configuration: RunnerConfiguration
    private let expectedJobs: Int?
    private let logger: Logger

    /// - Parameter expectedJobs: how many there will be in all, if that is known.
    package init(_ configuration: RunnerConfiguration, expectedJobs: Int? = nil) {
        self.configuration = configuration
        self.expectedJobs = expectedJobs
        var logger = Logger(label: "runner-host") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = configuration.logLevel
        self.logger = logger
    }

    /// Sees to it that a crash, of an engine for instance, ends this process at once and with a line that says where.
    package static func prepareLastWords() { lynx_prepare_last_words("runner-host") }

    /// What `runner-host engines` prints.
    package static func engineListing(_ configuration: RunnerConfiguration) -> [String] {
        let runner = RunnerProcess(configuration)
        return runner.catalog(HostTable(logger: runner.logger)).listing()
    }

    /// Runs until drained. `parent`: a process whose end ends this one at once.
    /// - Throws: `StartupError` for what the user can mend; `ControlPlaneError` when the control plane refuses this runner.
    package func run(parent: Int32?) async throws {
        Self.raiseDescriptorLimit()
        if !configuration.writesCoreFiles { Self.lowerCoreLimit() } else if let warning = CorePattern.warning() { logger.warning("\(warning)") }
        // Orphans of simulations become this process's children, and so can be reaped and ended.
        _ = lynx_set_child_subreaper()

        let host = HostTable(logger: logger)
        // Tasks move from thread to thread, and threads of theirs end; engines are promised one that stays.
        let loader = CallThreads(name: "lynx-load", most: 1)
        defer { withExtendedLifetime(loader) {} }
        let engines = try await loader.run { try select(from: catalog(host)) }
        let outputRoot = try prepareOutputRoot()
        let state = try stateDirectory()
        let records = try startup { () throws(FileError) in try RunningRecords(stateDirectory: state.path) }
        let strays = records.sweep()
        if strays.ended > 0 { logger.warning("ended processes that an earlier runner left", metadata: ["count": "\(strays.ended)"]) }
        if strays.remaining > 0 {
            logger.warning("processes that an earlier runner left cannot be ended", metadata: ["count": "\(strays.remaining)"])
        }

        let loop = try EventLoop(name: "lynx-io")
        let conditions = RunnerConditions(self.conditions(of: engines, outputRoot: outputRoot, state: state.path))
        var limits = TelemetryLimits()
        limits.maxMessageBytes = configuration.telemetryMaxMessageBytes
        let supervisor = JobSupervisor(
            settings: .init(
                outputRoot: outputRoot, runnerID: state.runnerID, telemetryMaxPoints: configuration.telemetryMaxPoints,
                enginePatience: .seconds(configuration.engineCallTimeoutSeconds),
                artifacts: ArtifactLimits(
                    file: Int64(configuration.artifactMaxBytes), total: Int64(configuration.artifactMaxTotalBytes))),
            engines: EngineSelection(engines, capabilities: configuration.capabilities), host: host,
            telemetry: TelemetryServer(loops: try Self.telemetryLoops(), limits: limits),
            records: records, conditions: conditions, loop: loop, logger: logger)
        let roots = try controlPlaneRoots()
        let client = try startup { () throws(InvalidControlPlaneURL) in
            try ControlPlaneClient(url: configuration.controlPlaneURL, roots: roots)
        }
        let own = try startup { () throws(RunnerIDError) in
            try RunnerIDLock(runnerID: state.runnerID, controlPlane: client.url, stateDirectory: state.path)
        }
        defer { withExtendedLifetime(own) {} }
        let capabilities = MachineCapabilities.read(configuration, engines)
        let engineLimits = configuration.engineLimits(processors: MachineCapabilities.processors)
        for (engine, limit) in engineLimits.sorted(by: { $0.key < $1.key }) where limit < configuration.maxConcurrentJobs {
            logger.info("an engine has a limit of its own", metadata: ["engine": "\(engine)", "max_concurrent_jobs": "\(limit)"])
        }
        let service = RunnerService(
            identity: RunnerIdentity(runnerID: state.runnerID, name: configuration.runnerName, version: Self.version, machine: MachineCapabilities.identity),
            capabilities: capabilities, engines: try EngineReports(engines),
            client: client, spool: Spool(state), executor: supervisor, logger: logger,
            options: RunnerOptions(keepOutputs: configuration.keepOutputs),
            engineLimits: engineLimits, conditions: conditions)
        host.onRetract { service.retract(basis: $0, reason: $1) }

        do {
            try await enroll(state, client, capabilities)
        } catch {
            await client.shutdown()
            throw error
        }
        let stopping = Stopping(drain: service.drain, stopNow: service.stopNow)
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

    /// Telemetry is judged on as many threads as there are processors. Eight take in more than what the simulations of any
    /// number of processors send.
    private static func telemetryLoops() throws -> [EventLoop] {
        try (0..<min(MachineCapabilities.processors, 8)).map { try EventLoop(name: "lynx-io-\($0)") }
    }

    /// Gives the client this runner's credential, if it has or can get one. Signals have their default effect meanwhile.
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

    private func catalog(_ host: HostTable) -> EngineCatalog {
        EngineCatalog(
            searchPath: EngineCatalog.defaultSearchPath(
                enginePath: configuration.enginePath, executableDirectory: Self.executableDirectory),
            host: host.makeTable())
    }

    /// The engines asked for, configured.
    private func select(from catalog: EngineCatalog) throws(StartupError) -> [EngineLibrary] {
        let missing = configuration.engines.filter { catalog.engine($0) == nil }
        guard missing.isEmpty else {
            let names = missing.map { "'\($0)'" }.joined(separator: ", ")
            throw StartupError(["engines: no engine \(names) in \(catalog.searchPath.joined(separator: ":")); found:"] + catalog.listing())
        }
        let engines = configuration.engines.compactMap(catalog.engine)
        var problems: [String] = []
        for engine in engines {
            do throws(EngineFailure) {
                try engine.configure(EngineSettings.make(for: engine.id, configuration, expectedJobs: expectedJobs))
            } catch {
                problems.append("engine \(engine.id): \(error.message)")
            }
        }
        guard problems.isEmpty else { throw StartupError(problems) }
        return engines
    }

    /// Makes the output root if need be, and proves by writing that it can be written to.
    private func prepareOutputRoot() throws(StartupError) -> String {
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

    /// What the jobs of each engine need of this machine, beside the engine itself.
    private func conditions(of engines: [EngineLibrary], outputRoot: String, state: String) -> [String: [RunnerCondition]] {
        let folders = [RunnerCondition.writable(outputRoot, setting: "output_root"), .writable(state, setting: "state_directory")]
        return Dictionary(
            uniqueKeysWithValues: engines.map { engine in
                let settings = EngineSettings.make(for: engine.id, configuration).sorted { $0.key < $1.key }
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

    /// Simulations inherit it: what the kernel writes of one that crashes would lie in the working directory, which all share,
    /// and be overwritten by the next. A simulation may raise it again.
    private static func lowerCoreLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = 0
        setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
    }

    /// Each job takes about ten descriptors. Simulations inherit the limit, so it stays within what programs cope with.
    private static func raiseDescriptorLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = max(limit.rlim_cur, min(limit.rlim_max, 65_536))
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
