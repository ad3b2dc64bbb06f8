import LynxModel

/// Why the ledger refuses a call. Nothing has changed when one is thrown.
enum LedgerError: Error, Hashable {
    case noSuchBatch(String)
    case noSuchJob(String)
    case noSuchRunner(String)
    case noSuchToken(String)
    case noResult(jobID: String, status: JobStatus)
    case noAttemptResult(jobID: String, attempt: Int, exists: Bool)
    /// A cancelled batch's jobs are not tried again.
    case cannotRetry(String)
    /// The runner is unknown or has begun a newer session.
    case unknownSession(runnerID: String)
    /// Another process is at work under the runner's id, on another machine as far as is known.
    case runnerElsewhere(runnerID: String, machine: String?, silentFor: Instant, leaseLeft: Instant)
    /// Another process has taken over the runner's id since this session registered.
    case sessionReplaced(runnerID: String)
    /// The attempt is not the one that the job is waiting for.
    case staleAttempt(jobID: String, attempt: Int, reason: String)
    /// A result whose telemetry has not all come: `missing` are numbers of chunks.
    case missingTelemetry(jobID: String, chunks: Int, missing: [Int])
    case tooMuchTelemetry(jobID: String, limit: Int)
    case alreadyEnded(what: String, id: String, status: String)
    /// An idempotency key was used with another body before.
    case submissionDiffers(key: String)
    case tooManyRuns(Int, limit: Int)
    /// The batch's design cannot be given more runs without changing those that were drawn.
    case notExtensible(batchID: String, reason: String)
    case incompatibleRunner(protocolVersion: String)
    /// Why a runner can't be enrolled, or its credential can't be renewed.
    case notEnrollable(String)
    /// A tenant's files would need more room than it has, in bytes.
    case overQuota(used: Int64, adding: Int64, quota: Int64)
}
