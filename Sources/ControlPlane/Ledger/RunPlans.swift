import FoundationEssentials
import LynxModel
import Sampling
import Synchronization

/// What a batch's runs are made of. Nothing of it ever changes, so it is kept at hand for the batches in use.
struct RunPlan: Sendable {
    let batchID: String
    let tenant: String
    let submission: BatchSubmission
    let sampler: Sampler

    init(batchID: String, tenant: String, submission: BatchSubmission, seed: UInt64) {
        self.batchID = batchID
        self.tenant = tenant
        self.submission = submission
        sampler = Sampler(config: submission.config, runs: submission.runs, seed: seed)
    }

    func runConfiguration(_ key: JobKey) -> RunConfiguration {
        sampler.runConfiguration(jobID: key.jobID, batchID: key.batchID, index: key.runIndex)
    }

    func assignment(_ key: JobKey, attempt: Int) -> JobAssignment {
        let config = submission.config
        return JobAssignment(
            jobID: key.jobID, batchID: batchID, attempt: attempt, timeoutSecs: config.compute.jobTimeoutSeconds,
            runConfig: runConfiguration(key), earlyTermination: config.earlyTermination, telemetry: config.telemetry)
    }

    /// - Parameter pendingReason: what the batch's waiting jobs are waiting for.
    func job(_ record: JobRecord, pendingReason: String? = nil) -> Job {
        func date(_ instant: Instant?) -> Date? { instant.map { Date(instant: $0) } }
        return Job(
            jobID: record.key.jobID, batchID: batchID, runConfig: runConfiguration(record.key), status: record.status,
            retries: record.retries, maxRetries: record.maxRetries, attempt: record.attempt,
            lostAttempts: record.lostAttempts, timeoutSecs: submission.config.compute.jobTimeoutSeconds,
            createdAt: Date(instant: record.createdAt), claimedAt: date(record.claimedAt),
            startedAt: date(record.startedAt), completedAt: date(record.completedAt),
            assignedRunner: record.status == .pending ? nil : record.assignedRunner, errorMessage: record.errorMessage,
            pendingReason: record.status == .pending ? pendingReason : nil)
    }
}

/// The plans of the batches last used.
final class RunPlans: Sendable {
    private static let capacity = 64
    private let kept = Mutex<(plans: [String: RunPlan], order: [String])>(([:], []))

    subscript(batchID: String) -> RunPlan? { kept.withLock { $0.plans[batchID] } }

    func keep(_ plan: RunPlan) {
        kept.withLock { kept in
            guard kept.plans.updateValue(plan, forKey: plan.batchID) == nil else { return }
            kept.order.append(plan.batchID)
            if kept.order.count > Self.capacity { kept.plans[kept.order.removeFirst()] = nil }
        }
    }
}

extension Ledger {
    func plan(batchID: String) async throws -> RunPlan {
        if let plan = plans[batchID] { return plan }
        let plan = try await driver.read { connection in
            guard let row = try connection.row(SQL.submission, [.text(batchID)]) else { throw LedgerError.noSuchBatch(batchID) }
            let submission: BatchSubmission
            do {
                submission = try WireJSON.decode(BatchSubmission.self, from: Data(try row.text("submission").utf8))
            } catch {
                throw StorageError.unexpected("the submission of batch '\(batchID)' cannot be read: \(error)")
            }
            return RunPlan(batchID: batchID, tenant: try row.text("tenant"), submission: submission, seed: try row.seed())
        }
        plans.keep(plan)
        return plan
    }
}
