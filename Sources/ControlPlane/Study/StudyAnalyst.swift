import LynxModel
import Sampling
import Statistics

/// Analyses a study from its columns: outputs, drivers, separators, breaches.
struct StudyAnalyst: Sendable {
    let table: StudyTable
    let requirements: [RequirementSpec]
    /// The dispersed parameters that are numbers, with their values by run index.
    var inputs: [(name: String, values: [Double])] {
        dispersed.compactMap { name in sampler.numbers(of: name, in: 0..<table.total).map { (name, $0) } }
    }

    let config: BatchConfig
    private let dispersed: [String]
    private let sampler: Sampler

    /// Drivers are told of so many outputs where none are asked for; of more where a design was made for its indices.
    private static let fewOutputs = 3
    private static let moreOutputs = 20
    private static let mostPairs = 10
    /// Curves are sent with so many points.
    private static let mostPoints = 200

    init(table: StudyTable, config: BatchConfig, sampler: Sampler) {
        self.table = table
        self.config = config
        requirements = config.requirements ?? []
        dispersed = config.dispersions.keys.sorted()
        self.sampler = sampler
    }

    /// The runs that have ended, by index.
    var endedRuns: [Int] { table.states.indices.filter(table.hasEnded) }

    /// Of all outputs of the table.
    func statistics() -> StudyStatistics {
        let ended = endedRuns
        return StudyStatistics(
            batchID: table.batchID, totalRuns: table.total, endedRuns: ended.count, outputs: table.outputs.map { statistics(of: $0, ended) },
            breach: breach)
    }

    /// - Parameter outputs: by name.
    func drivers(of outputs: [String]) -> StudyDrivers {
        let inputs = inputs
        let driven = outputs.compactMap(table.output)
        let rankings = Drivers.rank(inputs: inputs.map(\.values), outputs: driven.map(\.values))
        let drivers = zip(driven, rankings).compactMap { output, ranking in
            (try? ranking.get()).map { self.drivers(of: output, $0, inputs.map(\.name)) }
        }
        return StudyDrivers(batchID: table.batchID, drivers: drivers, separators: separators(inputs))
    }

    /// The outputs whose drivers are told where none is asked for: those that requirements are about, or the first ones.
    static func drivenOutputs(_ config: BatchConfig, _ outputs: [String]) -> [String] {
        let most = config.monteCarlo.samplingMethod == .saltelli ? moreOutputs : fewOutputs
        return Array(((config.requirements ?? []).compactMap(\.output) + outputs).uniqued().prefix(most))
    }

    private func statistics(of output: StudyTable.Output, _ ended: [Int]) -> OutputStatistics {
        let values = ended.map { output.values[$0] }
        let summary = ColumnSummary(values)
        let finite = values.lazy.filter(\.isFinite)
        let running = RunningMean(values, confidence: 0.95, limit: Self.mostPoints).points
        let moments = summary.moments
        return OutputStatistics(
            name: output.name, units: output.units, count: moments.count, missing: moments.missing,
            mean: Estimate(moments.mean, summary.meanInterval), standardDeviation: Estimate.finite(moments.standardDeviation),
            min: finite.min(), max: finite.max(),
            quantiles: summary.quantiles.map { .init(probability: $0.probability, estimate: Estimate($0.value, $0.intervalOfBounds)) },
            tolerance: summary.tolerance.map { Estimate(nil, $0.interval) }, binEdges: summary.histogram.edges, binCounts: summary.histogram.counts,
            distributionValues: summary.distribution.map(\.value), distributionShares: summary.distribution.map(\.share),
            runningRuns: running.map(\.runs), runningMeans: running.map { Estimate($0.mean, $0.interval) })
    }

    /// - Parameter inputs: the names of the inputs that were ranked.
    private func drivers(of output: StudyTable.Output, _ ranking: Drivers.Ranking, _ inputs: [String]) -> OutputDrivers {
        let drivers = ranking.drivers.map { driver in
            OutputDrivers.Driver(
                parameter: inputs[driver.input], importance: driver.importance, isDetected: driver.isDetected,
                spearman: driver.spearman.map(Estimate.init), partialRankCorrelation: driver.partialRankCorrelation.map(Estimate.init),
                regression: driver.regression.map(Estimate.init), firstOrder: driver.firstOrder.map(Estimate.init),
                pawn: driver.pawn.map(Estimate.init))
        }
        // A run that has not ended is not missing.
        let missing = table.states.indices.count { table.hasEnded($0) && !output.values[$0].isFinite }
        return OutputDrivers(
            output: output.name, runs: ranking.rows, missing: missing, rSquared: ranking.rSquared.flatMap(Estimate.finite), drivers: drivers,
            sobol: sobol(of: output))
    }

    /// A run fails if it fails any requirement; without requirements, if a stopping condition killed it.
    private var outcomes: [RunOutcome] {
        let judged = requirements.isEmpty
            ? [RequirementSpec(name: "", noBreach: RequirementSpec.anyCondition, probability: 0.5)] : requirements
        let all = judged.map { table.outcomes(for: $0) }
        return (0..<table.total).map { run in
            let outcomes = all.map { $0[run] }
            if outcomes.contains(.fail) { return .fail }
            return outcomes.contains(.pending) ? .pending : outcomes.contains(.missing) ? .missing : .pass
        }
    }

    private func separators(_ inputs: [(name: String, values: [Double])]) -> FailureSeparators? {
        guard let report = try? Separators.find(inputs: inputs.map(\.values), outcomes: outcomes) else { return nil }
        func separator(
            _ numbers: [Int], _ form: String?, _ separation: Separation, _ qValue: Double, _ isDiscovery: Bool
        ) -> FailureSeparators.Separator {
            .init(
                parameters: numbers.map { inputs[$0].name }, form: form, distance: separation.distance, cut: separation.cut,
                failuresLieAbove: separation.failuresLieAbove, areaUnderROC: separation.areaUnderROC, qValue: qValue, isDiscovery: isDiscovery)
        }
        let single = report.inputs.map { separator([$0.input], nil, $0.separation, $0.qValue, $0.isDiscovery) }
        let pairs = report.pairs.filter(\.isDiscovery).prefix(Self.mostPairs).map {
            separator($0.inputs, $0.form.rawValue, $0.separation, $0.qValue, true)
        }
        return FailureSeparators(failed: report.failed, passed: report.passed, missing: report.missing, separators: single + pairs)
    }

    private var breach: BreachStatistics? {
        guard !table.conditions.isEmpty else { return nil }
        var runs: [BreachTimes.Run] = []
        var missing = 0
        for run in 0..<table.total {
            switch table.states[run] {
            case .pending, .cancelled: continue
            case .breached, .completed:
                guard table.simTimes[run].isFinite else {
                    missing += 1
                    continue
                }
                runs.append(BreachTimes.Run(time: table.simTimes[run], cause: table.states[run] == .breached ? 0 : nil))
            case .failed, .unanswered: missing += 1
            }
        }
        guard let times = try? BreachTimes(runs), let found = try? Survival.kaplanMeier(times, missing: missing) else { return nil }
        let steps = found.known.steps
        let stride = max(1, (steps.count + Self.mostPoints - 1) / Self.mostPoints)
        let shown = steps.indices.filter { $0 % stride == 0 || $0 == steps.count - 1 }.map { steps[$0] }
        return BreachStatistics(
            times: shown.map(\.time), probabilities: shown.map { Estimate($0.probability, $0.interval) },
            breaches: Dictionary(uniqueKeysWithValues: table.conditions.map { ($0, table.breached(by: $0)) }), missing: missing)
    }
}

extension Estimate {
    init(_ value: Double?, _ interval: Interval) { self.init(value: value, low: interval.lower, high: interval.upper) }

    init(_ estimate: ResampledEstimate) {
        self.init(value: estimate.value, low: estimate.interval?.lower, high: estimate.interval?.upper)
    }

    fileprivate static func finite(_ number: Double) -> Double? { number.isFinite ? number : nil }
}

extension Array where Element == String {
    fileprivate func uniqued() -> [String] {
        var seen: Set<String> = []
        return filter { seen.insert($0).inserted }
    }
}
