public import LynxModel

/// Draws the parameters of a batch's runs.
///
/// A run's values depend on the dispersions, the method, the seed and the run's index alone (with `latin_hypercube` also
/// on the size of its blocks), never on who asks, in which order or on which machine: all arithmetic is IEEE 754 double
/// precision without any C library's functions, and all random bits come from a counter-based generator. Each parameter
/// has streams of its own, named after it, so that its values stay when other parameters come or go; in low-discrepancy
/// designs they also depend on its place among the names of all parameters that are not constant.
///
/// The design gives each parameter a probability, and the inverse distribution function makes it a value. With
/// correlated parameters the probabilities become normal numbers in between, which are mixed, see `GaussianCopula`.
public struct Sampler: Sendable {
    public let runs: Int
    /// The parameters of the nominal run, whose index is `runs`; nil if there is none.
    let nominal: [String: ParameterValue]?
    let parameters: [String: Parameter]
    let design: any Design
    private let copula: [Int: [GaussianCopula.Term]]
    let columns: [String: TableColumn]
    private let simulation: SimulationSpec
    private let units: [String: String]
    private let seeds: Stream
    private let seedOffset: UInt64
    private let replay: ReplaySpec?

    struct Parameter {
        let quantile: Quantile
        /// Its place in the design; nil if it is constant.
        let axis: Int?
    }

    /// - Parameters:
    ///   - config: a valid configuration; its own number of runs and seed are not looked at, as a submission may replace them.
    ///   - runs: at least 1; without the nominal run.
    ///   - originalRuns: how many runs the batch was submitted with; nil if it has had no others since.
    ///   - appended: the rows of runs that were appended to a batch that grows, in the order of its `grownColumns`; for those
    ///     of `subset_simulation` from its first run on, for a `table` after its own.
    public init(config: BatchConfig, runs: Int, seed: UInt64, originalRuns: Int? = nil, appended: [[ParameterValue]] = []) {
        precondition(runs > 0 && (originalRuns ?? 1) > 0, "a batch has at least one run")
        self.runs = runs
        simulation = config.simulation
        let table = config.monteCarlo.samplingMethod == .table ? config.monteCarlo.table : nil
        let rows = (table?.rows ?? []) + appended
        columns = rows.isEmpty ? [:] : Dictionary(
            uniqueKeysWithValues: config.grownColumns.enumerated().map { index, name in (name, TableColumn(rows.map { $0[index] })) })
        units = (table?.units ?? [:]).merging(config.dispersions.mapValues(\.units)) { $1.isEmpty ? $0 : $1 }
        let isGrid = config.monteCarlo.samplingMethod == .grid
        let (columns, names) = (columns, config.spreadParameters)
        let axes = Dictionary(uniqueKeysWithValues: zip(names, names.indices))
        let drawn = config.dispersions.filter { columns[$0.key] == nil }
        let parameters = Dictionary(
            uniqueKeysWithValues: drawn.map { name, dispersion in
                let distribution = isGrid ? dispersion.distribution.onGrid : dispersion.distribution
                return (name, Parameter(quantile: Quantile(distribution), axis: axes[name]))
            })
        self.parameters = parameters
        nominal = config.hasNominal
            ? config.dispersions.mapValues { dispersion in
                let quantile = Quantile(dispersion.distribution)
                guard let given = dispersion.nominal else { return quantile(0.5) }
                // A float that is written without a fraction stays one.
                if case .integer(let whole) = given, quantile.real != nil { return .number(Double(whole)) }
                return given
            } : nil
        copula =
            config.correlation.map { GaussianCopula($0, dispersions: config.dispersions, names: names).terms } ?? [:]
        design = config.monteCarlo.design(
            names.map {
                Axis(name: $0, resolution: parameters[$0]?.quantile.real?.resolution ?? 0, levels: config.gridLevels(of: $0) ?? 1)
            }, originalRuns: originalRuns ?? runs, seed: seed)
        seeds = Stream(seed: seed, purpose: .runSeed)
        seedOffset = seeds.bits(at: 0)
        replay = config.monteCarlo.replay
    }

    /// The value of every dispersed parameter in run `index`, 0 ..< `runs`, or in the nominal run.
    public func parameters(at index: Int) -> [String: ParameterValue] {
        if let nominal, index == runs { return nominal }
        precondition((0..<runs).contains(index), "the run index lies outside the batch")
        let drawn = parameters.mapValues { parameter in
            guard let axis = parameter.axis else { return parameter.quantile(0.5) }
            if let terms = copula[axis], let distribution = parameter.quantile.real {
                return .number(
                    distribution.quantile(atNormal: terms.reduce(0) { $0 + $1.weight * normal(of: $1.axis, run: index) }))
            }
            return parameter.quantile(design.probability(of: axis, run: index))
        }
        return columns.isEmpty ? drawn : drawn.merging(columns.mapValues { $0[index] }) { $1 }
    }

    /// The parameters that a point of standard normal coordinates stands for, one for each of `BatchConfig.spreadParameters`,
    /// in the same order.
    public func parameters(atNormal point: [Double]) -> [ParameterValue] {
        let spread = parameters.values.filter { $0.axis != nil }.sorted { $0.axis! < $1.axis! }
        precondition(point.count == spread.count, "a point has a coordinate for each parameter that is spread")
        return zip(spread, point).map { parameter, z in
            guard let distribution = parameter.quantile.real else { return parameter.quantile(StandardNormal.cumulative(z)) }
            let mixed = copula[parameter.axis!].map { $0.reduce(0) { $0 + $1.weight * point[$1.axis] } }
            return .number(distribution.quantile(atNormal: mixed ?? z))
        }
    }

    private func normal(of axis: Int, run: Int) -> Double { StandardNormal.quantile(design.probability(of: axis, run: run)) }

    /// What another parameter's values are mixed from; nil if they are its own.
    func terms(of axis: Int) -> [GaussianCopula.Term]? { copula[axis] }

    /// The seed that run `index` gives its own random numbers; no two runs of a batch have the same, unless all repeat one run.
    public func runSeed(at index: Int) -> UInt64 {
        precondition((0..<lastRun).contains(index), "the run index lies outside the batch")
        if let replay { return replay.seed }
        // Bijections of the index: distinct by construction.
        return mix64(mix64(UInt64(index) &+ seedOffset) ^ seeds.id)
    }

    /// The end of all indices, with that of the nominal run.
    private var lastRun: Int { nominal == nil ? runs : runs + 1 }

    public func runConfiguration(jobID: String, batchID: String, index: Int) -> RunConfiguration {
        RunConfiguration(
            jobID: jobID, batchID: batchID, runIndex: replay?.runIndex ?? index, seed: runSeed(at: index), simulation: simulation,
            parameters: parameters(at: index), units: units, nominal: nominal != nil && index == runs ? true : nil)
    }
}

extension Sampler {
    /// Whether the runs are independent draws, so that a binomial verdict on them is exact.
    public var drawsAreIndependent: Bool { design.pointsAreIndependent }

    /// The number of runs in each block where blocks are replicates of one design, which are independent of each other: run i
    /// belongs to block i / `blockSize`. Nil if the design has no such blocks.
    public var blockSize: Int? { design.blockSize }
}
