import LynxModel
import Testing

@testable import ControlPlane

@Suite("A job's record")
struct JobRecordTests {
    private func active(maxRetries: Int = 0, retries: Int = 0, lost: Int = 0, cancel: Bool = false) throws -> JobRecord {
        var job = JobRecord(
            key: JobKey(batchID: "b", runIndex: 0), status: .pending,
            terms: BatchTerms(maxRetries: maxRetries, requirement: JobRequirement(type: "basilisk")), createdAt: 1)
        job.retries = retries
        job.lostAttempts = lost
        try job.claim(runnerID: "r", sessionID: "s", now: 2, leaseEnd: 10)
        job.cancelRequested = cancel
        return job
    }

    @Test("Each outcome leads to its state, and only a failure that may end otherwise is retried", arguments: [
        (AttemptOutcome.success, true, JobStatus.completed), (.failure, true, .pending), (.failure, false, .failed),
        (.breach, true, .failed), (.timeout, true, .timeout), (.cancelled, true, .cancelled), (.lost, false, .pending),
        (.simulatorFault, false, .pending), (.retracted, false, .pending),
    ])
    func outcomes(outcome: AttemptOutcome, retryable: Bool, status: JobStatus) throws {
        var job = try active(maxRetries: 1)
        try job.end(outcome, retryable: retryable, message: nil, now: 5, maxLostAttempts: 3)
        #expect(job.status == status)
        #expect(job.leaseExpiresAt == nil)
        #expect((job.completedAt == nil) == (status == .pending))
        #expect((job.errorMessage == nil) == (status == .completed))
    }

    @Test("Retries stop at the limit of the batch") func retryLimit() throws {
        var job = try active(maxRetries: 2, retries: 2)
        try job.end(.failure, retryable: true, message: "exit 1", now: 5, maxLostAttempts: 3)
        #expect(job.status == .failed)
        #expect(job.retries == 2)
        #expect(job.errorMessage == "exit 1")
    }

    @Test("Lost attempts don't spend retries and have a limit of their own") func lostLimit() throws {
        var third = try active(lost: 2)
        try third.end(.lost, retryable: true, message: "gone", now: 5, maxLostAttempts: 3)
        #expect(third.status == .pending)
        #expect(third.retries == 0)

        var fourth = try active(lost: 3)
        try fourth.end(.lost, retryable: true, message: "gone", now: 5, maxLostAttempts: 3)
        #expect(fourth.status == .failed)
        #expect(fourth.errorMessage == "given up after 4 lost attempts (limit 3); the last: gone")
    }

    @Test("Attempts that the simulator spoiled count as lost ones do, and the end says so") func simulatorLimit() throws {
        var third = try active(maxRetries: 5, lost: 2)
        try third.end(.simulatorFault, retryable: true, message: "hung", now: 5, maxLostAttempts: 3)
        #expect(third.status == .pending && third.retries == 0 && third.lostAttempts == 3)
        #expect(third.errorMessage == "hung")

        var fourth = try active(lost: 3)
        try fourth.end(.simulatorFault, retryable: true, message: "hung", now: 5, maxLostAttempts: 3)
        #expect(fourth.status == .failed)
        #expect(fourth.errorMessage == "given up after 4 attempts that were lost or that the simulator spoiled (limit 3); the last: hung")
    }

    @Test("A result that is taken back spends nothing, and is the job's no longer until another attempt begins") func retracted() throws {
        var job = try active(maxRetries: 2, retries: 2, lost: 3)
        try job.end(.retracted, retryable: false, message: "it was wrong", now: 5, maxLostAttempts: 3)
        #expect(job.status == .pending && job.retries == 2 && job.lostAttempts == 3 && job.errorMessage == "it was wrong")
        #expect(job.isRetracted && job.attempt == 1 && job.presentAttempt == 0)
        try job.claim(runnerID: "r", sessionID: "s", now: 6, leaseEnd: 10)
        #expect(!job.isRetracted && job.presentAttempt == 2)
    }

    @Test("What a user cancelled is not queued again", arguments: [AttemptOutcome.lost, .simulatorFault, .failure, .retracted])
    func cancelledIsNotRequeued(outcome: AttemptOutcome) throws {
        var job = try active(maxRetries: 5, lost: 9, cancel: true)
        try job.end(outcome, retryable: true, message: "gone", now: 5, maxLostAttempts: 3)
        #expect(job.status == .cancelled)
        #expect(job.retries == 0)
    }

    @Test("A job that finishes before its cancellation reaches it is completed") func completedDespiteCancel() throws {
        var job = try active(cancel: true)
        try job.end(.success, retryable: true, message: nil, now: 5, maxLostAttempts: 3)
        #expect(job.status == .completed)
    }

    @Test("An id is read back only as it is written", arguments: ["b-07", "b-+7", "b-", "-7", "b", "", "b-7 ", "b--"])
    func badIDs(id: String) throws {
        #expect(JobKey(jobID: id) == nil)
        #expect(JobKey(jobID: "20260131T120000-0f3a9c51-12") == JobKey(batchID: "20260131T120000-0f3a9c51", runIndex: 12))
    }
}
