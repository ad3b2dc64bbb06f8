import LynxModel

/// What a batch asks of the ledger itself, where its dispersions say what its runs are made of. Its jobs inherit it.
///
/// A field here is a column of `batches`, which a version of the schema adds.
struct BatchTerms: Hashable, Sendable {
    /// Over the whole pool; nil means as many as the pool takes.
    var maxParallelJobs: Int?
    var maxRetries = 0
    var requirement: JobRequirement
    /// It may end before all its runs are done, and is judged after every one.
    var stopsEarly = false
    /// It goes on when all its runs have ended, until it is closed.
    var isOpen = false
    /// How many runs its method may ask for; nil where no method does.
    var mostRuns: Int?
    /// The bundle that its jobs run, by the SHA-256 of its manifest.
    var bundle: String?

    init(_ submission: BatchSubmission) {
        self.init(submission.config)
        mostRuns = submission.config.monteCarlo.samplingMethod == .subsetSimulation ? submission.runs : nil
    }

    private init(_ config: BatchConfig) {
        maxParallelJobs = config.compute.maxParallelJobs
        maxRetries = config.compute.maxRetries
        requirement = JobRequirement(config)
        stopsEarly = config.stop != nil
        isOpen = config.monteCarlo.grows
        bundle = config.simulation.bundle?.sha256
    }

    init(maxRetries: Int = 0, requirement: JobRequirement) {
        self.maxRetries = maxRetries
        self.requirement = requirement
    }

    static let columns = [
        "max_parallel_jobs", "max_retries", "simulation_type", "cpu_request", "memory_request_gb", "gpu_request", "stops_early", "is_open",
        "most_runs", "bundle",
    ]

    /// The values of `columns`.
    var values: [LedgerValue] {
        [
            .int(maxParallelJobs), .int(maxRetries), .text(requirement.type), .real(requirement.cores), .real(requirement.memoryGB),
            .bool(requirement.gpu), .bool(stopsEarly), .bool(isOpen), .int(mostRuns), .text(bundle),
        ]
    }

    /// Reads `columns`.
    init(_ row: LedgerRow) throws {
        maxParallelJobs = try row.optionalInt("max_parallel_jobs")
        maxRetries = try row.int("max_retries")
        requirement = JobRequirement(
            type: try row.text("simulation_type"), cores: try row.double("cpu_request"),
            memoryGB: try row.double("memory_request_gb"), gpu: try row.bool("gpu_request"))
        stopsEarly = try row.bool("stops_early")
        isOpen = try row.bool("is_open")
        mostRuns = try row.optionalInt("most_runs")
        bundle = try row.optionalText("bundle")
    }
}
