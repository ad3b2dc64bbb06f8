public import FoundationEssentials

public struct RunnerCapabilities: Codable, Hashable, Sendable {
    public var maxConcurrentJobs: Int
    public var cpuCores: Int
    public var memoryGB: Double
    public var gpuAvailable: Bool
    /// Engine ids and further tags; a job whose `simulation.type` is one of them can run here.
    public var supportedSimulationTypes: [String]

    public init(maxConcurrentJobs: Int, cpuCores: Int, memoryGB: Double, gpuAvailable: Bool, supportedSimulationTypes: [String]) {
        self.maxConcurrentJobs = maxConcurrentJobs
        self.cpuCores = cpuCores
        self.memoryGB = memoryGB
        self.gpuAvailable = gpuAvailable
        self.supportedSimulationTypes = supportedSimulationTypes
    }

    private enum CodingKeys: String, CodingKey {
        case maxConcurrentJobs = "max_concurrent_jobs"
        case cpuCores = "cpu_cores"
        case memoryGB = "memory_gb"
        case gpuAvailable = "gpu_available"
        case supportedSimulationTypes = "supported_simulation_types"
    }
}

public enum RunnerStatus: String, Codable, CaseIterable, Sendable {
    case idle = "Idle"
    case busy = "Busy"
    case offline = "Offline"
    /// Drained or quarantined: takes no jobs until resumed.
    case maintenance = "Maintenance"
}

public struct Runner: Codable, Hashable, Sendable {
    public var runnerID: String
    public var name: String
    public var status: RunnerStatus
    public var capabilities: RunnerCapabilities
    public var engines: [RunnerEngine]
    public var version: String
    /// Of the runner protocol that it speaks; nil from a control plane that doesn't tell.
    public var protocolVersion: String?
    public var registeredAt: Date
    public var lastHeartbeatAt: Date
    public var currentJobs: [String]
    /// Nil unless the runner is in quarantine.
    public var quarantine: Quarantine?
    /// The scenarios that it has by name; nil if none.
    public var scenarios: [RunnerScenario]?
    /// The simulation types for which it runs code that comes with a batch; nil if none.
    public var bundleTypes: [String]?
    /// The supported simulation types that it runs only with a scenario's name or a bundle; nil if none.
    public var scenarioOnly: [String]?
    /// The ids of the engines whose simulations it runs in container images; nil if none.
    public var containerEngines: [String]?

    public init(
        runnerID: String, name: String, status: RunnerStatus, capabilities: RunnerCapabilities, engines: [RunnerEngine],
        version: String, protocolVersion: String? = nil, registeredAt: Date, lastHeartbeatAt: Date, currentJobs: [String],
        quarantine: Quarantine? = nil, offer: RunnerOffer = RunnerOffer()
    ) {
        scenarios = offer.scenarios.isEmpty ? nil : offer.scenarios
        bundleTypes = offer.bundleTypes.isEmpty ? nil : offer.bundleTypes
        scenarioOnly = offer.scenarioOnly.isEmpty ? nil : offer.scenarioOnly
        containerEngines = offer.containerEngines?.isEmpty == true ? nil : offer.containerEngines
        self.quarantine = quarantine
        self.runnerID = runnerID
        self.name = name
        self.status = status
        self.capabilities = capabilities
        self.engines = engines
        self.version = version
        self.protocolVersion = protocolVersion
        self.registeredAt = registeredAt
        self.lastHeartbeatAt = lastHeartbeatAt
        self.currentJobs = currentJobs
    }

    /// What it runs besides the default scenarios of its engines.
    package var offer: RunnerOffer {
        RunnerOffer(
            scenarios: scenarios ?? [], bundleTypes: bundleTypes ?? [], scenarioOnly: scenarioOnly ?? [], containerEngines: containerEngines)
    }

    private enum CodingKeys: String, CodingKey {
        case name, status, capabilities, engines, version, quarantine, scenarios
        case bundleTypes = "bundle_types"
        case scenarioOnly = "scenario_only"
        case containerEngines = "container_engines"
        case runnerID = "runner_id"
        case protocolVersion = "protocol_version"
        case registeredAt = "registered_at"
        case lastHeartbeatAt = "last_heartbeat_at"
        case currentJobs = "current_jobs"
    }
}

public struct RunnerEngine: Codable, Hashable, Sendable {
    public var id: String
    public var version: String
    /// What it keeps from one job to the next; nil if nothing, or if it doesn't tell.
    public var warmWorkers: [WarmWorker]?
    /// Why the runner starts no jobs of it now; nil if it does.
    public var trouble: EngineTrouble?

    public init(id: String, version: String, warmWorkers: [WarmWorker]? = nil, trouble: EngineTrouble? = nil) {
        self.id = id
        self.version = version
        self.warmWorkers = warmWorkers
        self.trouble = trouble
    }

    private enum CodingKeys: String, CodingKey {
        case id, version, trouble
        case warmWorkers = "warm_workers"
    }
}
