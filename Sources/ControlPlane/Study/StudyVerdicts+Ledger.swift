import FoundationEssentials
import LynxModel
import Sampling

extension Ledger {
    /// - Parameter requirements: instead of those of the batch.
    func judge(of batchID: String, by requirements: [RequirementSpec]? = nil) async throws -> StudyJudge {
        let plan = try await plan(batchID: batchID)
        let config = plan.submission.config
        if let problem = config.problems(of: requirements ?? []).first {
            let field = "requirements[\(problem.index ?? 0)]"
            throw Problem(
                title: "Invalid requirements", status: 422, detail: "\(field) \(problem.message)",
                errors: [.init(field: field, detail: problem.message)])
        }
        let batch = try await driver.read { connection in
            guard let row = try connection.row(SQL.batch, [.text(batchID)]) else { throw LedgerError.noSuchBatch(batchID) }
            return try BatchRecord(row)
        }
        return StudyJudge(
            requirements: requirements ?? config.requirements ?? [], stop: requirements == nil ? config.stop : nil,
            total: config.hasNominal ? batch.total - 1 : batch.total,
            wasExtended: batch.firstRuns != nil || batch.cancelledAt != nil, isApproximate: !plan.sampler.drawsAreIndependent)
    }

    /// The verdicts on a batch's requirements, or on others, by what has ended of it.
    ///
    /// - Throws: `LedgerError.noSuchBatch`; `Problem` for requirements that the batch cannot be judged by.
    func verdicts(batchID: String, by requirements: [RequirementSpec]? = nil) async throws -> StudyVerdicts {
        let judge = try await judge(of: batchID, by: requirements)
        let batch = try await overview(batchID: batchID).batch
        var table = try await study(batchID: batchID, outputs: judge.judgedOutputs)
        if let requirements { try await addRobustness(of: requirements, to: &table) }
        let stoppedAfter = try await driver.read { try $0.row(SQL.batch, [.text(batchID)]).map { try BatchRecord($0).stoppedAfter } ?? nil }
        return StudyVerdicts(
            batchID: batchID, totalRuns: table.total, endedRuns: table.ended,
            verdicts: judge.verdicts(on: table, first: requirements == nil ? stoppedAfter : nil), stopReason: batch.stopReason,
            rareEvent: requirements == nil
                ? try await rareEventStudy(batchID: batchID).map { $0.study.estimate(of: batch, isOpen: $0.batch.terms.isOpen) } : nil)
    }
}
