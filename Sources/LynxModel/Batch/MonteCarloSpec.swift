import LynxDocument

/// How many runs a study has, and how they are spread over its dispersions.
public struct MonteCarloSpec: Codable, Hashable, Sendable {
    public var runs: Int
    public var samplingMethod: SamplingMethod
    /// Equal seeds give equal samples, on any machine. Chosen at submission when the file gives none.
    public var seed: UInt64?
    /// Whether the seed randomizes the points of `sobol`, `halton` and `saltelli`; nil is the method's own way.
    public var scramble: Bool?
    /// The points of a `grid`.
    public var levels: GridLevels?
    /// The values of `table`.
    public var table: SampleTable?
    /// How many runs make a whole `latin_hypercube`; nil for as many as the batch is submitted with.
    public var blockSize: Int?
    /// Whether `saltelli` has the runs for second-order indices; nil is no.
    public var secondOrder: Bool?
    /// Whether rows may be appended to `table`, until the batch is closed; nil is no.
    public var open: Bool?
    /// Which runs fail, for `subset_simulation`, of which `runs` is the most it may take.
    public var limitState: LimitStateSpec?
    /// The samples of each level of `subset_simulation`; nil for `SubsetSimulationSpec.samplesPerLevel`.
    public var samplesPerLevel: Int?
    /// The share of a level's samples that reaches the next; nil for `SubsetSimulationSpec.levelProbability`.
    public var levelProbability: Double?
    /// The run of another batch that every run of this one repeats; nil for a study.
    public var replay: ReplaySpec?
    /// Whether there is a run more, with every parameter at its nominal, that is no part of the sample; nil is no.
    public var nominal: Bool?

    public init(
        runs: Int, samplingMethod: SamplingMethod = .latinHypercube, seed: UInt64? = nil, scramble: Bool? = nil,
        levels: GridLevels? = nil, table: SampleTable? = nil, blockSize: Int? = nil, secondOrder: Bool? = nil, open: Bool? = nil,
        limitState: LimitStateSpec? = nil, samplesPerLevel: Int? = nil, levelProbability: Double? = nil,
        replay: ReplaySpec? = nil, nominal: Bool? = nil
    ) {
        self.nominal = nominal
        self.replay = replay
        self.open = open
        self.limitState = limitState
        self.samplesPerLevel = samplesPerLevel
        self.levelProbability = levelProbability
        self.runs = runs
        self.samplingMethod = samplingMethod
        self.seed = seed
        self.scramble = scramble
        self.levels = levels
        self.table = table
        self.blockSize = blockSize
        self.secondOrder = secondOrder
    }

    private enum CodingKeys: String, CodingKey {
        case runs, seed, scramble, levels, table, open, replay, nominal
        case samplingMethod = "sampling_method"
        case blockSize = "block_size"
        case secondOrder = "second_order"
        case limitState = "limit_state"
        case samplesPerLevel = "samples_per_level"
        case levelProbability = "level_probability"
    }

    /// Whether runs are appended while the batch runs, by its user or by its method, so that it does not end with its runs.
    package var grows: Bool { samplingMethod == .subsetSimulation || open == true }

    /// Whether the seed has a part in the points of a low-discrepancy design.
    package var scrambles: Bool { scramble ?? (samplingMethod == .halton) }
}

/// A run that is repeated: what a run configuration says besides the parameters, which the dispersions give as constants.
public struct ReplaySpec: Codable, Hashable, Sendable {
    public var runIndex: Int
    public var seed: UInt64

    public init(runIndex: Int, seed: UInt64) {
        self.runIndex = runIndex
        self.seed = seed
    }

    private enum CodingKeys: String, CodingKey {
        case seed
        case runIndex = "run_index"
    }
}

/// `random` is accepted as another name of `monte_carlo` and stored as the latter.
public enum SamplingMethod: String, Codable, CaseIterable, Sendable {
    case latinHypercube = "latin_hypercube"
    case monteCarlo = "monte_carlo"
    case sobol, halton, grid, table, saltelli
    case subsetSimulation = "subset_simulation"

    /// How many parameters it can disperse; nil if any number.
    package var mostDispersed: Int? {
        switch self {
        case .sobol, .halton: 1024
        case .saltelli: 512
        case .latinHypercube, .monteCarlo, .grid, .table, .subsetSimulation: nil
        }
    }
}

/// Which runs of a rare-event study fail: those whose output lies beyond a threshold, on either side or on one.
public struct LimitStateSpec: Codable, Hashable, Sendable {
    public var output: String
    /// A run fails where the output is greater; nil if `below` is given.
    public var above: Double?
    /// A run fails where the output is less; nil if `above` is given.
    public var below: Double?

    public init(output: String, above: Double? = nil, below: Double? = nil) {
        self.output = output
        self.above = above
        self.below = below
    }

    /// `miss_distance_km > 5`
    public var statement: String {
        "\(output) \(above == nil ? "<" : ">") \(Shown.number(above ?? below ?? .nan))"
    }

    /// How far a run is from failure, in the output's units: positive where it does not fail, at most 0 where it does; NaN
    /// without a value.
    package func distance(_ value: Double) -> Double {
        let distance = above.map { $0 - value } ?? below.map { value - $0 } ?? .nan
        // At the threshold itself a run does not fail.
        return distance == 0 ? .leastNonzeroMagnitude : distance
    }
}

/// What `subset_simulation` takes where a batch says nothing.
public enum SubsetSimulationSpec {
    public static let samplesPerLevel = 1000
    public static let levelProbability = 0.1
    public static let mostRuns = 20_000
}

/// How many points a grid has along each parameter.
public enum GridLevels: Hashable, Sendable {
    case all(Int)
    case byParameter([String: Int])
}

extension GridLevels: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let count = try? container.decode(Int.self) {
            self = .all(count)
        } else {
            self = .byParameter(try container.decode([String: Int].self))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .all(let count): try container.encode(count)
        case .byParameter(let counts): try container.encode(counts)
        }
    }
}

/// Values that a user has chosen, a row for each run.
public struct SampleTable: Codable, Hashable, Sendable {
    /// The parameters, each once.
    public var columns: [String]
    /// Each with a value for every column.
    public var rows: [[ParameterValue]]
    /// Of columns that no dispersion gives units to.
    public var units: [String: String]?

    public init(columns: [String], rows: [[ParameterValue]], units: [String: String]? = nil) {
        self.columns = columns
        self.rows = rows
        self.units = units
    }
}
