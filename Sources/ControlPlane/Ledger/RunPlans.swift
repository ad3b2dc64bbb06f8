import FoundationEssentials
import LynxModel
import Sampling
import Synchronization

/// What a batch's runs are made of. Nothing of it ever changes, though runs are added to it, so it is kept at hand for the
/// batches in use.
struct RunPlan: Sendable {
    let batchID: String
    let tenant: String
    let submission: BatchSubmission
    let sampler: Sampler
    /// How many jobs the batch has, with that of the nominal run.
    let jobs: Int
    /// The parameters of the runs that were appended to a batch that grows.
    let appended: [[ParameterValue]]

    /// - Parameter runs: how many jobs the batch has now, which may be more than it was submitted with.
    init(batchID: String, tenant: String, submission: BatchSubmission, runs: Int, seed: UInt64, appended: [[ParameterValue]] = []) {
        self.batchID = batchID
        self.tenant = tenant
        self.submission = submission
        self.appended = appended
        jobs = runs
        let sampled = submission.config.hasNominal ? max(1, runs - 1) : runs
        sampler = Sampler(config: submission.config, runs: sampled, seed: seed, originalRuns: submission.firstRuns, appended: appended)
    }

    func runConfiguration(_ key: JobKey) -> RunConfiguration {
        sampler.runConfiguration(jobID: key.jobID, batchID: key.batchID, index: key.runIndex)
    }

    func assignment(_ key: JobKey, attempt: Int) -> JobAssignment {
        let config = submission.config
        return JobAssignment(
            jobID: key.jobID, batchID: batchID, attempt: attempt, timeoutSecs: config.compute.jobTimeoutSeconds,
            runConfig: runConfiguration(key), earlyTermination: config.earlyTermination, telemetry: config.telemetry,
            outputs: config.outputs, formulas: config.formulas, container: config.compute.container)
    }

    /// - Parameter pendingReason: what the batch's waiting jobs are waiting for.
    func job(_ record: JobRecord, pendingReason: String? = nil) -> Job {
        func date(_ instant: Instant?) -> Date? { instant.map { Date(instant: $0) } }
        return Job(
            jobID: record.key.jobID, batchID: batchID, runConfig: runConfiguration(record.key), status: record.status,
            retries: record.retries, maxRetries: record.terms.maxRetries, attempt: record.attempt,
            lostAttempts: record.lostAttempts, timeoutSecs: submission.config.compute.jobTimeoutSeconds,
            createdAt: Date(instant: record.createdAt), claimedAt: date(record.claimedAt),
            startedAt: date(record.startedAt), completedAt: date(record.completedAt),
            assignedRunner: record.status == .pending ? nil : record.assignedRunner, errorMessage: record.errorMessage,
            pendingReason: record.status == .pending ? pendingReason : nil)
    }
}

extension BatchSubmission {
    /// Reads what `WireJSON` has written.
    fileprivate static func stored(_ json: Data) throws -> BatchSubmission {
        // Foundation's decoder takes 1.0 for an integer. It reads what an earlier version let in, and this one would not.
        do { return try read(json: json) } catch { return try WireJSON.decode(BatchSubmission.self, from: json) }
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
    /// - Parameter runs: how many it must have at least. A batch may have been extended since its plan was kept.
    func plan(batchID: String, runs: Int = 1) async throws -> RunPlan {
        if let plan = plans[batchID], plan.jobs >= runs { return plan }
        let known = plans[batchID]?.appended ?? []
        let plan = try await driver.read { connection in
            guard let row = try connection.row(SQL.submission, [.text(batchID)]) else { throw LedgerError.noSuchBatch(batchID) }
            let submission: BatchSubmission
            do {
                submission = try BatchSubmission.stored(Data(try row.text("submission").utf8))
            } catch {
                throw StorageError.unexpected("the submission of batch '\(batchID)' cannot be read: \(error)")
            }
            let appended = submission.config.monteCarlo.grows ? try connection.appendedRows(of: batchID, submission, after: known) : []
            return RunPlan(
                batchID: batchID, tenant: try row.text("tenant"), submission: submission, runs: try row.int("total"), seed: try row.seed(),
                appended: appended)
        }
        plans.keep(plan)
        return plan
    }
}
