package import EventLoop
import FoundationEssentials
package import Logging
import LynxModel
import Synchronization
package import TelemetryServer

/// The resources that the simulations of one runner share: the engines with their threads, the telemetry server, the
/// directories, and the loop that waits for their ends.
package final class SimulationHost: Sendable {
    let configuration: RunnerConfiguration
    /// Absolute path, which exists.
    let outputRoot: String
    let engines: EngineSelection
    let table: HostTable
    let telemetry: TelemetryServer
    let records: RunningRecords
    let conditions: RunnerConditions
    let scenarios: ScenarioCatalog
    /// Nil where bundles are never run.
    let bundles: BundleStore?
    /// Nil where simulations are started as they are.
    let confinements: Confinements?
    private let scenarioSettings: @Sendable (ScenarioSpec, EngineLibrary) throws -> [String: String]
    let provenance: ProvenanceRecorder
    private let defaults: [String: NamedScenario]
    private let delivered = Mutex(DeliveredRecords())
    /// The loop for timeouts and ends of processes.
    let loop: EventLoop
    /// The threads for directories and records of attempts.
    let disk = CallThreads(name: "lynx-disk", most: 16)
    /// How many simulations there are now.
    let simulations = Atomic(0)
    private let threads: [String: EngineThreads]
    private let logger: Logger

    /// - Parameter enginePatience: the time limit for one call into an engine; nil for the configuration's.
    package init(
        configuration: RunnerConfiguration, outputRoot: String, enginePatience: Duration? = nil, engines: EngineSelection, table: HostTable,
        telemetry: TelemetryServer, records: RunningRecords,
        conditions: RunnerConditions, scenarios: ScenarioCatalog = ScenarioCatalog(), bundles: BundleStore? = nil,
        confinements: Confinements? = nil,
        scenarioSettings: @escaping @Sendable (ScenarioSpec, EngineLibrary) throws -> [String: String] = { _, _ in [:] },
        defaults: [NamedScenario] = [], secrets: @escaping @Sendable () -> [String] = { [] }, loop: EventLoop, logger: Logger
    ) {
        provenance = ProvenanceRecorder(secrets: secrets)
        self.defaults = Dictionary(uniqueKeysWithValues: defaults.map { ($0.engine, $0) })
        self.scenarios = scenarios
        self.bundles = bundles
        self.confinements = confinements
        self.scenarioSettings = scenarioSettings
        self.configuration = configuration
        self.outputRoot = outputRoot
        self.engines = engines
        self.table = table
        self.telemetry = telemetry
        self.records = records
        self.conditions = conditions
        self.loop = loop
        self.logger = logger
        let patience = enginePatience ?? .seconds(configuration.engineCallTimeoutSeconds)
        threads = Dictionary(uniqueKeysWithValues: engines.engines.map { ($0.id, EngineThreads($0, patience: patience)) })
        for engine in engines.engines {
            engine.isolated?.onEnd { [id = engine.id] reason, pause in conditions.processEnded(id, reason, pause: pause) }
        }
    }

    /// The engine of a simulation type, with its threads.
    ///
    /// - Throws: `EngineFailure` if no engine serves it.
    func threads(for simulationType: String) throws(EngineFailure) -> EngineThreads {
        threads[try engines.engine(for: simulationType).id]!
    }

    /// The settings of an engine for a scenario.
    ///
    /// - Throws: `EngineFailure` if it sets what only the runner may set.
    func settings(of scenario: ScenarioSpec, for engine: EngineLibrary) throws -> [String: String] { try scenarioSettings(scenario, engine) }

    /// What an attempt runs with if it begins now. Blocks on the disk.
    ///
    /// - Parameter scenario: nil for the engine's default.
    func provenance(of engine: EngineLibrary, scenario: NamedScenario?) -> ProvenanceRecorder.Found {
        let ran = scenario ?? defaults[engine.id]
        var found = provenance.provenance(of: engine, files: ran?.files ?? conditions.files(of: engine.id), settings: ran?.settings ?? [:])
        if let hash = ran?.sha256(provenance.code) { found.provenance.files[scenario == nil ? "settings" : "scenario"] = hash }
        return found
    }

    /// The interpreter that a scenario runs with; nil if it has none, or it does not answer.
    ///
    /// - Parameter scenario: nil for the engine's default.
    func interpreter(of engine: EngineLibrary, scenario: NamedScenario?) async -> InterpreterProvenance? {
        guard let settings = (scenario ?? defaults[engine.id])?.settings else { return nil }
        return await provenance.interpreter(settings)
    }

    /// The records of a provenance that the control plane may not have of that batch.
    func undeliveredRecords(of provenance: Provenance, batchID: String) -> [ProvenanceRecord]? {
        let records = self.provenance.records(of: provenance)
        let lacking = delivered.withLock { delivered in records.filter { delivered.lacks($0, of: batchID) } }
        return lacking.isEmpty ? nil : lacking
    }

    /// Notes that the control plane has them.
    func delivered(_ records: [ProvenanceRecord], batchID: String) { delivered.withLock { $0.add(records, of: batchID) } }

    /// The logger for an engine's messages about an attempt.
    func logger(of assignment: JobAssignment, engine: String) -> Logger {
        var logger = logger
        logger[metadataKey: "job"] = "\(assignment.jobID)"
        logger[metadataKey: "batch"] = "\(assignment.batchID)"
        logger[metadataKey: "attempt"] = "\(assignment.attempt)"
        logger[metadataKey: "engine"] = "\(engine)"
        return logger
    }
}
