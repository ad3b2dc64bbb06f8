/// What a user submits: the batch file of the command line, and the body of `POST /jobs`.
public struct BatchSubmission: Codable, Hashable, Sendable {
    public var name: String
    /// Replaces `config.monte_carlo.runs` when given.
    public var runsOverride: Int?
    public var config: BatchConfig

    /// The number of runs this batch has.
    public var runs: Int { runsOverride ?? config.monteCarlo.runs }

    /// How many runs it begins with: `subset_simulation` appends the others as it learns which ones are wanted.
    package var firstRuns: Int {
        let monteCarlo = config.monteCarlo
        return monteCarlo.samplingMethod == .subsetSimulation ? min(runs, monteCarlo.samplesPerLevel ?? SubsetSimulationSpec.samplesPerLevel) : runs
    }

    /// How many jobs it begins with: the runs, and the nominal one after them.
    package var firstJobs: Int { firstRuns + (config.hasNominal ? 1 : 0) }

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
    public var correlation: CorrelationSpec?
    public var compute: ComputeSpec
    public var earlyTermination: EarlyTerminationSpec
    public var telemetry: TelemetrySpec
    /// By name; nil: all that the scenario reports.
    public var outputs: [String: OutputSpec]?
    public var requirements: [RequirementSpec]?
    public var stop: StopSpec?

    public init(
        simulation: SimulationSpec, monteCarlo: MonteCarloSpec, dispersions: [String: Dispersion] = [:],
        compute: ComputeSpec = .init(), earlyTermination: EarlyTerminationSpec = .init(), telemetry: TelemetrySpec = .init(),
        outputs: [String: OutputSpec]? = nil, requirements: [RequirementSpec]? = nil, stop: StopSpec? = nil,
        correlation: CorrelationSpec? = nil
    ) {
        self.outputs = outputs
        self.requirements = requirements
        self.stop = stop
        self.simulation = simulation
        self.monteCarlo = monteCarlo
        self.dispersions = dispersions
        self.correlation = correlation
        self.compute = compute
        self.earlyTermination = earlyTermination
        self.telemetry = telemetry
    }

    /// Whether there is a run more than those of the sample, after them all, with every parameter at its nominal.
    package var hasNominal: Bool { monteCarlo.nominal == true }

    /// What a runner must offer to be given the jobs.
    package var route: JobRoute { compute.container?.image == nil ? simulation.route : .container(simulation.route) }

    private enum CodingKeys: String, CodingKey {
        case simulation, dispersions, correlation, compute, telemetry, outputs, requirements, stop
        case monteCarlo = "monte_carlo"
        case earlyTermination = "early_termination"
    }
}

public struct Dispersion: Codable, Hashable, Sendable {
    public var distribution: Distribution
    public var units: String
    /// The value in the nominal run; nil for the distribution's median.
    public var nominal: ParameterValue?

    public init(distribution: Distribution, units: String = "", nominal: ParameterValue? = nil) {
        self.nominal = nominal
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

/// The container image that simulations run in, and the requests: what a runner must have to be given the jobs, and the most
/// that each simulation may use where the runner's machine can limit it; see `ResourceQuantity`.
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
