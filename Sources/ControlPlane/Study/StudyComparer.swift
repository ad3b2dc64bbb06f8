import LynxModel
import Sampling
import Statistics

/// Compares two studies: run by run where equal indices mean equal inputs, and else as two samples.
struct StudyComparer: Sendable {
    struct Side: Sendable {
        var table: StudyTable
        var plan: RunPlan
        var code: StudyCode
    }

    let first: Side
    let second: Side

    private static let mostRuns = 10
    /// Inputs of so many runs are looked at, spread over all of them.
    private static let probes = 64

    func comparison() -> StudyComparison {
        let reason = unpairedReason
        let runs = min(first.table.total, second.table.total)
        let pairs = reason == nil ? (0..<runs).count { first.table.hasEnded($0) && second.table.hasEnded($0) } : 0
        return StudyComparison(
            firstBatchID: first.table.batchID, secondBatchID: second.table.batchID, isPaired: reason == nil, unpairedReason: reason,
            pairs: pairs, requirements: requirementChanges(isPaired: reason == nil), outputs: outputChanges(isPaired: reason == nil),
            code: StudyCode.comparison(first.code, second.code))
    }

    /// Why equal indices do not mean equal inputs; nil if they do.
    private var unpairedReason: String? {
        let runs = min(first.table.total, second.table.total)
        let (a, b) = (first.plan.sampler, second.plan.sampler)
        let step = max(1, runs / Self.probes)
        for run in stride(from: 0, to: runs, by: step) {
            if a.runSeed(at: run) != b.runSeed(at: run) { return "the batches have different seeds" }
            let (one, other) = (a.parameters(at: run), b.parameters(at: run))
            for name in one.keys.sorted() where other[name] != one[name] {
                return other[name] == nil ? "parameter '\(name)' is in one of the batches only" : "parameter '\(name)' is drawn differently"
            }
            if let name = other.keys.sorted().first(where: { one[$0] == nil }) { return "parameter '\(name)' is in one of the batches only" }
        }
        return nil
    }

    /// The second study's requirements, or else the first's; without any, that a run completes.
    private var requirements: [RequirementSpec] {
        let declared = second.plan.submission.config.requirements ?? first.plan.submission.config.requirements ?? []
        return declared.isEmpty ? [RequirementSpec(name: "completes", noBreach: RequirementSpec.anyCondition, probability: 0.5)] : declared
    }

    private func requirementChanges(isPaired: Bool) -> [RequirementChange] {
        var changes = requirements.map { requirement in
            let (a, b) = (outcomes(first, requirement), outcomes(second, requirement))
            var change = RequirementChange(
                name: requirement.name, statement: requirement.statement, firstFailures: a.count { $0 == .fail },
                secondFailures: b.count { $0 == .fail }, firstRuns: a.count { $0 != .pending }, secondRuns: b.count { $0 != .pending },
                newlyFailing: [], newlyPassing: [], missing: 0, pValue: nil, shareDifference: nil)
            if isPaired {
                let both = Array(zip(a, b))
                change.newlyFailing = both.indices.filter { both[$0] == (.pass, .fail) }
                change.newlyPassing = both.indices.filter { both[$0] == (.fail, .pass) }
                let test = McNemar(both.map(\.0), both.map(\.1))
                change.missing = test.missing
                change.pValue = test.pValue
            } else {
                let (before, after) = (RunTally(of: a), RunTally(of: b))
                // A study none of whose runs has ended has no share that could differ.
                guard before.runs > 0, after.runs > 0 else { return change }
                let difference = ShareDifference(before, after, confidence: 0.95)
                change.shareDifference = Estimate(
                    value: (difference.estimate.lower + difference.estimate.upper) / 2, low: difference.interval.lower,
                    high: difference.interval.upper)
            }
            return change
        }
        if isPaired {
            for (index, adjusted) in Holm.adjusted(changes.map { $0.pValue ?? 1 }).enumerated() { changes[index].pValue = adjusted }
        }
        return changes
    }

    /// Without requirements a run passes that completes, and fails that was killed or whose simulation failed.
    private func outcomes(_ side: Side, _ requirement: RequirementSpec) -> [RunOutcome] {
        let outcomes = side.table.outcomes(for: requirement)
        guard requirement.name == "completes", requirement.noBreach == RequirementSpec.anyCondition else { return outcomes }
        return outcomes.indices.map { side.table.states[$0] == .failed ? .fail : outcomes[$0] }
    }

    private func outputChanges(isPaired: Bool) -> [OutputChange] {
        var changes = second.table.outputs.compactMap { output -> OutputChange? in
            guard let before = first.table.output(output.name) else { return nil }
            return isPaired ? paired(before, output) : unpaired(before, output)
        }
        if !isPaired {
            for (index, adjusted) in Holm.adjusted(changes.map { $0.pValue ?? 1 }).enumerated() { changes[index].pValue = adjusted }
        }
        return changes
    }

    private func paired(_ before: StudyTable.Output, _ after: StudyTable.Output) -> OutputChange {
        let runs = min(before.values.count, after.values.count)
        let differences = PairedDifferences(Array(before.values.prefix(runs)), Array(after.values.prefix(runs)))
        let finite = differences.differences.filter(\.isFinite)
        let changed = finite.count { $0 != 0 }
        // Without a change there is nothing to resample.
        let mean = changed == 0 ? nil : differences.mean(confidence: 0.95, seed: 0)
        return OutputChange(
            name: after.name, units: after.units, pairs: finite.count, changed: changed,
            meanDifference: mean.map { Estimate(value: $0.mean, low: $0.interval.lower, high: $0.interval.upper) }
                ?? Estimate(value: finite.isEmpty ? nil : 0, low: nil, high: nil),
            largest: differences.largest(Self.mostRuns).filter { $0.difference != 0 }.map { .init(run: $0.run, first: $0.first, second: $0.second) },
            distance: nil, pValue: nil)
    }

    private func unpaired(_ before: StudyTable.Output, _ after: StudyTable.Output) -> OutputChange {
        let test = KolmogorovSmirnovTest(SortedColumn(before.values.filter(\.isFinite)), SortedColumn(after.values.filter(\.isFinite)))
        return OutputChange(
            name: after.name, units: after.units, pairs: nil, changed: nil, meanDifference: nil, largest: [],
            distance: test.distance.isFinite ? test.distance : nil, pValue: test.pValue.isFinite ? test.pValue : nil)
    }
}

extension RunTally {
    fileprivate init(of outcomes: [RunOutcome]) {
        self.init(
            runs: outcomes.count { $0 != .pending }, failures: outcomes.count { $0 == .fail }, missing: outcomes.count { $0 == .missing })
    }
}

extension Ledger {
    /// - Parameter tenant: whose batches both must be.
    func comparison(of first: String, with second: String, tenant: String) async throws -> StudyComparison {
        func side(_ batchID: String) async throws -> StudyComparer.Side {
            let table = try await study(batchID: batchID)
            let plan = try await plan(batchID: batchID, runs: table.total)
            // Another tenant's batch is not there.
            guard plan.tenant == tenant else { throw LedgerError.noSuchBatch(batchID) }
            return StudyComparer.Side(table: table, plan: plan, code: try await code(of: batchID))
        }
        return StudyComparer(first: try await side(first), second: try await side(second)).comparison()
    }
}
