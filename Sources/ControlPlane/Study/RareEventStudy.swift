import LynxDocument
import LynxModel
import Sampling
import Statistics

/// A batch of `subset_simulation`, followed through its runs: run i of the batch is the i-th point that the simulation proposes.
///
/// Nothing of it is stored but the batch's runs and outputs, from which the same points follow each time.
struct RareEventStudy: Sendable {
    let limitState: LimitStateSpec
    private(set) var simulation: SubsetSimulation
    /// How many runs the simulation has taken the values of.
    private(set) var settled = 0
    /// How many of those have no value.
    private(set) var missing = 0
    private(set) var failedRuns: [Int] = []
    /// The runs that follow are not those that the results before them ask for: one was taken back, or made again.
    private(set) var isBroken = false
    private let sampler: Sampler

    private static let shownFailures = 20

    /// Nil for a batch of another method.
    ///
    /// - Parameter seed: of the batch.
    init?(_ submission: BatchSubmission, seed: UInt64) throws {
        let monteCarlo = submission.config.monteCarlo
        guard monteCarlo.samplingMethod == .subsetSimulation, let limitState = monteCarlo.limitState else { return nil }
        self.limitState = limitState
        sampler = Sampler(config: submission.config, runs: 1, seed: seed)
        var settings = SubsetSimulation.Settings(dimensions: submission.config.spreadParameters.count, seed: seed)
        settings.samplesPerLevel = monteCarlo.samplesPerLevel ?? SubsetSimulationSpec.samplesPerLevel
        settings.levelProbability = monteCarlo.levelProbability ?? SubsetSimulationSpec.levelProbability
        do {
            simulation = try SubsetSimulation(settings)
        } catch {
            throw StorageError.unexpected("a batch of subset_simulation with settings that its reader refuses")
        }
    }

    /// Takes the values of as many batches of proposals as have ended.
    ///
    /// - Parameters:
    ///   - table: the runs of the batch.
    ///   - appended: their parameters.
    ///   - isCancelled: whether the batch was; its cancelled runs then say nothing, where a single one is a run without an answer.
    mutating func advance(_ table: StudyTable, _ appended: [[ParameterValue]], isCancelled: Bool) throws {
        let values = table.output(limitState.output)?.values
        while !simulation.isFinished, !isBroken {
            let rows = nextRows
            let runs = settled..<settled + rows.count
            if settled == appended.count { return }
            // What was proposed at once was appended at once.
            guard appended[settled...].starts(with: rows) else { return isBroken = true }
            guard runs.upperBound <= table.total,
                table.states[runs].allSatisfy({ $0 != .pending && !(isCancelled && $0 == .cancelled) })
            else { return }
            let distances = runs.map { limitState.distance(values?[$0] ?? .nan) }
            try simulation.record(distances)
            settled = runs.upperBound
            missing += distances.count(where: \.isNaN)
            failedRuns += zip(runs, distances).filter { $1 <= 0 }.map(\.0).prefix(max(0, Self.shownFailures - failedRuns.count))
        }
    }

    /// The parameters of the runs that the simulation wants next; none when it is finished.
    var nextRows: [[ParameterValue]] { simulation.proposals.map { sampler.parameters(atNormal: $0.point) } }
}

extension RareEventStudy {
    /// The first runs of a batch of `subset_simulation`; nil for a batch of another method.
    static func firstRows(of submission: BatchSubmission, seed: UInt64) throws -> [[ParameterValue]]? {
        try RareEventStudy(submission, seed: seed)?.nextRows
    }

    func estimate(of batch: Batch, isOpen: Bool) -> RareEventEstimate {
        let levels = simulation.levels.map {
            RareEventEstimate.Level(threshold: $0.threshold, probability: $0.probability, samples: $0.samples, runs: $0.runs, missing: $0.missing)
        }
        let reached = simulation.levels.reduce(1) { $0 * $1.probability }
        var estimate = RareEventEstimate(
            batchID: batch.batchID, state: state(of: batch, isOpen: isOpen), limitState: limitState.statement, low: 0, high: min(reached, 1),
            levels: levels, runs: settled, missing: missing, failedRuns: failedRuns, explanation: "")
        if let result = simulation.result {
            let interval = result.interval(confidence: RareEventEstimate.confidence)
            (estimate.low, estimate.high) = (interval.lower, interval.upper)
            if result.probability > 0 { estimate.probability = result.probability }
            estimate.coefficientOfVariation = result.coefficientOfVariationOfFamilies
            if missing > 0 { estimate.probabilityIfMissingFail = result.probabilityIfMissingFail }
        }
        estimate.explanation = RareEventText.explanation(of: estimate, reason: batch.stopReason)
        return estimate
    }

    private func state(of batch: Batch, isOpen: Bool) -> RareEventEstimate.State {
        if isBroken { return .broken }
        switch simulation.ending {
        case .failureReached: return .finished
        case .stalled: return .stalled
        case .levelLimit: return .atLimit
        case nil where batch.status == .cancelled: return .broken
        case nil: return isOpen || !batch.status.isTerminal ? .running : .atLimit
        }
    }
}

extension Ledger {
    /// A batch of `subset_simulation` as far as its runs have ended, and its record; nil for a batch of another method.
    func rareEventStudy(batchID: String) async throws -> (study: RareEventStudy, batch: BatchRecord)? {
        let batch = try await driver.read { connection in
            guard let row = try connection.row(SQL.batch, [.text(batchID)]) else { throw LedgerError.noSuchBatch(batchID) }
            return try BatchRecord(row)
        }
        let plan = try await plan(batchID: batchID, runs: batch.total)
        guard var study = try RareEventStudy(plan.submission, seed: batch.seed) else { return nil }
        try study.advance(
            try await self.study(batchID: batchID, outputs: [study.limitState.output]), plan.appended, isCancelled: batch.cancelledAt != nil
        )
        return (study, batch)
    }

    /// - Throws: `LedgerError.noSuchBatch`; `Problem` for a batch of another method.
    func rareEvent(batchID: String) async throws -> RareEventEstimate {
        guard let (study, batch) = try await rareEventStudy(batchID: batchID) else {
            throw Problem(title: "Not a rare-event study", status: 409, detail: "batch '\(batchID)' was not sampled by subset_simulation")
        }
        return study.estimate(of: batch.model(warnings: nil), isOpen: batch.terms.isOpen)
    }
}

enum RareEventText {
    static func explanation(of estimate: RareEventEstimate, reason: String?) -> String {
        let levels = estimate.levels.count
        let ran = "\(estimate.runs) runs in \(levels) complete \(levels == 1 ? "level" : "levels")"
        let without = estimate.missing > 0 ? ", \(estimate.missing) of them without an answer, which are taken as not failing" : ""
        let bound = "at most \(Shown.number(estimate.high.roundedUp)) by the levels that are complete"
        switch estimate.state {
        case .finished: return "\(ran)\(without)"
        case .running: return "under way: \(ran)\(without)"
        case .stalled: return "\(ran)\(without): the output tells the runs of the last level no longer apart, so that none lies nearer to failure"
        case .atLimit: return "\(reason ?? "the batch may have no further runs"), \(ran)\(without): \(bound)"
        case .broken: return "\(reason ?? "the batch was cancelled"), \(ran)\(without): \(bound)"
        }
    }
}

extension Double {
    /// To two significant digits, upwards: a bound that is shown is not below the one that was found.
    fileprivate var roundedUp: Double {
        guard self > 0, isFinite else { return self }
        var scale = 1.0
        while self * scale < 10 { scale *= 10 }
        return (self * scale).rounded(.up) / scale
    }
}
