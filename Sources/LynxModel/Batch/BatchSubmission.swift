/// What a user submits: the batch file of the command line, and the body of `POST /jobs`.
public struct BatchSubmission: Codable, Hashable, Sendable {
    public var name: String
    /// Replaces `config.monte_carlo.runs` when given.
    public var runsOverride: Int?
    public var config: BatchConfig

    /// The number of runs this batch has.
    public var runs: Int { runsOverride ?? config.monteCarlo.runs }

    public init(name: String, runsOverride: Int? = nil, config: BatchConfig) {
        self.name = name
        self.runsOverride = runsOverride
        self.config = config
    }

    private enum CodingKeys: String, CodingKey {
        case name, config
        case runsOverride = "runs_override"
    }
}

public struct BatchConfig: Codable, Hashable, Sendable {
    public var simulation: SimulationSpec
    public var monteCarlo: MonteCarloSpec
    public var dispersions: [String: Dispersion]
    public var compute: ComputeSpec
    public var earlyTermination: EarlyTerminationSpec
    public var telemetry: TelemetrySpec

    public init(
        simulation: SimulationSpec, monteCarlo: MonteCarloSpec, dispersions: [String: Dispersion] = [:],
        compute: ComputeSpec = .init(), earlyTermination: EarlyTerminationSpec = .init(), telemetry: TelemetrySpec = .init()
    ) {
        self.simulation = simulation
        self.monteCarlo = monteCarlo
        self.dispersions = dispersions
        self.compute = compute
        self.earlyTermination = earlyTermination
        self.telemetry = telemetry
    }

    private enum CodingKeys: String, CodingKey {
        case simulation, dispersions, compute, telemetry
        case monteCarlo = "monte_carlo"
        case earlyTermination = "early_termination"
    }
}

public struct SimulationSpec: Codable, Hashable, Sendable {
    public var name: String
    public var version: String
    /// Which engine, or which capability tag, runs it.
    public var type: String
    public var durationMinutes: Double?

    public init(name: String, version: String = "1.0", type: String = "basilisk", durationMinutes: Double? = nil) {
        self.name = name
        self.version = version
        self.type = type
        self.durationMinutes = durationMinutes
    }

    private enum CodingKeys: String, CodingKey {
        case name, version, type
        case durationMinutes = "duration_minutes"
    }
}

public struct MonteCarloSpec: Codable, Hashable, Sendable {
    public var runs: Int
    public var samplingMethod: SamplingMethod
    /// Equal seeds give equal samples, on any machine. Chosen at submission when the file gives none.
    public var seed: UInt64?

    public init(runs: Int, samplingMethod: SamplingMethod = .latinHypercube, seed: UInt64? = nil) {
        self.runs = runs
        self.samplingMethod = samplingMethod
        self.seed = seed
    }

    private enum CodingKeys: String, CodingKey {
        case runs, seed
        case samplingMethod = "sampling_method"
    }
}

/// `random` is accepted as another name of `monte_carlo` and stored as the latter.
public enum SamplingMethod: String, Codable, CaseIterable, Sendable {
    case latinHypercube = "latin_hypercube"
    case monteCarlo = "monte_carlo"
    case sobol

    /// How many parameters it can disperse; nil if any number.
    package var mostDispersed: Int? { self == .sobol ? 1024 : nil }
}

public struct Dispersion: Codable, Hashable, Sendable {
    public var distribution: Distribution
    public var units: String

    public init(distribution: Distribution, units: String = "") {
        self.distribution = distribution
        self.units = units
    }
}

public struct ComputeSpec: Codable, Hashable, Sendable {
    public var container: ContainerSpec?
    /// Over the whole pool; nil means as many as the pool takes.
    public var maxParallelJobs: Int?
    public var jobTimeoutSeconds: Double
    public var maxRetries: Int
    /// Only runners that have a GPU may take the jobs; nil is no.
    public var gpu: Bool?

    public static let defaultJobTimeoutSeconds = 3600.0

    public init(
        container: ContainerSpec? = nil, maxParallelJobs: Int? = nil,
        jobTimeoutSeconds: Double = defaultJobTimeoutSeconds, maxRetries: Int = 0, gpu: Bool? = nil
    ) {
        self.gpu = gpu
        self.container = container
        self.maxParallelJobs = maxParallelJobs
        self.jobTimeoutSeconds = jobTimeoutSeconds
        self.maxRetries = maxRetries
    }

    private enum CodingKeys: String, CodingKey {
        case container, gpu
        case maxParallelJobs = "max_parallel_jobs"
        case jobTimeoutSeconds = "job_timeout_seconds"
        case maxRetries = "max_retries"
    }
}

/// Simulations run directly on the runner's machine, so `image` is kept and has no effect. The requests are what a runner
/// must have to be given the jobs; see `ResourceQuantity`.
public struct ContainerSpec: Codable, Hashable, Sendable {
    public var image: String?
    public var cpuRequest: String?
    public var memoryRequest: String?

    public init(image: String? = nil, cpuRequest: String? = nil, memoryRequest: String? = nil) {
        self.image = image
        self.cpuRequest = cpuRequest
        self.memoryRequest = memoryRequest
    }

    private enum CodingKeys: String, CodingKey {
        case image
        case cpuRequest = "cpu_request"
        case memoryRequest = "memory_request"
    }
}
