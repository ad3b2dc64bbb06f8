import Hummingbird
import HummingbirdTesting
import LynxModel
import Testing

@testable import ControlPlane

extension TestLedger {
    /// A batch that is judged: nine runs in ten, shown with a confidence of 90 %, which 22 runs without a failure do.
    static func judged(
        runs: Int, by requirements: [RequirementSpec]? = [.near], stop: StopSpec? = nil, method: SamplingMethod = .monteCarlo,
        seed: UInt64 = 7, maxRetries: Int = 0
    ) -> BatchSubmission {
        var submission = submission(runs: runs, seed: seed, maxRetries: maxRetries)
        submission.config.monteCarlo.samplingMethod = method
        submission.config.outputs = ["miss_m": OutputSpec(units: "m")]
        submission.config.requirements = requirements
        submission.config.stop = stop
        submission.config.earlyTermination = EarlyTerminationSpec(
            enabled: true, conditions: [StoppingCondition(name: "crash", variable: "alt", operator: .lt, threshold: 0)])
        return submission
    }

    /// - Parameter outputs: in order; nil: from a runner that sends none.
    static func report(
        _ job: JobAssignment, _ outcome: AttemptOutcome = .success, outputs: [RunOutput]?, breach: String? = nil, simTime: Double? = nil,
        basis: String? = nil
    ) -> AttemptReport {
        var report = report(job, outcome, retryable: outcome == .failure, basis: basis)
        report.result.outputs = outputs
        report.result.metadata.breach = breach.map { BreachRecord(condition: $0, simTimeS: simTime) }
        report.result.metadata.simTimeS = simTime
        return report
    }

    func end(
        _ job: JobAssignment, _ outcome: AttemptOutcome = .success, outputs: [RunOutput]?, breach: String? = nil, simTime: Double? = nil,
        basis: String? = nil
    ) async throws {
        try await ledger.ended(
            jobID: job.jobID, Self.report(job, outcome, outputs: outputs, breach: breach, simTime: simTime, basis: basis))
    }

    /// Every run ends with the value that its index is given.
    func end(_ jobs: [JobAssignment], miss: (Int) -> Double?) async throws {
        for job in jobs { try await end(job, outputs: [.miss(miss(job.runConfig.runIndex))]) }
    }

    /// Waits for the bell of the ledger until a batch is as asked.
    func batch(_ id: String, until isReached: (Batch) -> Bool) async throws -> Batch {
        while true {
            let strokes = ledger.changes.strokes
            let batch = try await batch(id)
            if isReached(batch) { return batch }
            await ledger.changes.wait(after: strokes)
        }
    }
}

extension RequirementSpec {
    static var near: RequirementSpec {
        RequirementSpec(name: "near", output: "miss_m", comparison: .lt, threshold: 10, units: "m", probability: 0.9)
    }

    static var whole: RequirementSpec { RequirementSpec(name: "whole", noBreach: anyCondition, probability: 0.9) }
}

extension RunOutput {
    static func miss(_ value: Double?) -> RunOutput { RunOutput(name: "miss_m", value: value, units: "m") }
}

/// The body of `POST /batches/{id}/evaluate`.
struct Requirements: Encodable {
    var requirements: [RequirementSpec]
}

extension TestClientProtocol {
    /// Submits a batch and claims all its runs.
    func judged(_ submission: BatchSubmission, claiming slots: Int? = nil) async throws -> (batchID: String, jobs: [JobAssignment]) {
        let receipt: BatchReceipt = try await post("/jobs", submission, status: .created)
        try await register()
        return (receipt.batchID, try await claim(slots: slots ?? receipt.totalJobs).jobs)
    }

    func end(
        _ job: JobAssignment, _ outcome: AttemptOutcome = .success, outputs: [RunOutput]? = nil, breach: String? = nil, simTime: Double? = nil
    ) async throws {
        let report = TestLedger.report(job, outcome, outputs: outputs, breach: breach, simTime: simTime)
        let response = try await call(.post, "/runner/v1/jobs/\(job.jobID)/result", report)
        #expect(response.status == .noContent)
    }

    func verdicts(_ batchID: String) async throws -> StudyVerdicts { try await get("/batches/\(batchID)/verdicts") }
}
