/// One run's sampled configuration: the JSON that `TETRYX_RUN_CONFIG` points to.
public struct RunConfiguration: Codable, Hashable, Sendable {
    public var jobID: String
    public var batchID: String
    /// 0-based.
    public var runIndex: Int
    public var seed: UInt64
    /// `seed` in decimal, for readers whose numbers are doubles.
    public var seedDecimal: String
    public var simulation: SimulationSpec
    public var parameters: [String: ParameterValue]
    public var units: [String: String]
    /// Whether every parameter is at its nominal, and the run no part of the sample; nil: no.
    public var nominal: Bool?

    public init(
        jobID: String, batchID: String, runIndex: Int, seed: UInt64, simulation: SimulationSpec,
        parameters: [String: ParameterValue], units: [String: String], nominal: Bool? = nil
    ) {
        self.nominal = nominal
        self.jobID = jobID
        self.batchID = batchID
        self.runIndex = runIndex
        self.seed = seed
        self.seedDecimal = String(seed)
        self.simulation = simulation
        self.parameters = parameters
        self.units = units
    }

    private enum CodingKeys: String, CodingKey {
        case seed, simulation, parameters, units, nominal
        case jobID = "job_id"
        case batchID = "batch_id"
        case runIndex = "run_index"
        case seedDecimal = "seed_decimal"
    }
}
