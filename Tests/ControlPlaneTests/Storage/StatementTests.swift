import Foundation
import TestSupport
import Testing

@testable import ControlPlane

@Suite("The SQL that SQLite and PostgreSQL share")
struct StatementTests {
    /// Every statement by its name in `SQL`, in each form it has.
    private static let statements: [(name: String, forms: [String])] = [
        // Batches, jobs, attempts, results, runners
        ("insertBatch", [SQL.insertBatch]), ("batch", [SQL.batch]), ("submission", [SQL.submission]), ("changeCounts", [SQL.changeCounts]),
        ("setBatchStatus", [SQL.setBatchStatus]), ("requestBatchCancel", [SQL.requestBatchCancel]), ("cancelPendingJobs", [SQL.cancelPendingJobs]),
        ("requestCancelOfActiveJobs", [SQL.requestCancelOfActiveJobs]), ("pastRuns", [SQL.pastRuns]),
        ("batchesWithWork", [false, true].map { SQL.batchesWithWork(types: 2, only: $0) }), ("latestTurn", [SQL.latestTurn]),
        ("takeTurn", [SQL.takeTurn]), ("job", [SQL.job]), ("pendingJobs", [SQL.pendingJobs]), ("jobsInRange", [SQL.jobsInRange]),
        ("storedRuns", [SQL.storedRuns]), ("jobsInStatusAfter", [SQL.jobsInStatusAfter]), ("jobsPastLease", [SQL.jobsPastLease]),
        ("jobsOfRunner", [SQL.jobsOfRunner]), ("batchesOfRunner", [SQL.batchesOfRunner]), ("insertJob", [SQL.insertJob]),
        ("saveJob", [SQL.saveJob]), ("renewLease", [SQL.renewLease]), ("nextLeaseEnd", [SQL.nextLeaseEnd]), ("extendLeases", [SQL.extendLeases]),
        ("insertAttempt", [SQL.insertAttempt]), ("reportedAttempt", [SQL.reportedAttempt]), ("startAttempt", [SQL.startAttempt]),
        ("endAttempt", [SQL.endAttempt]),
        ("reopenAttempt", [SQL.reopenAttempt]), ("saveResult", [SQL.saveResult]), ("result", [SQL.result]), ("resultsAfter", [SQL.resultsAfter]),
        ("summariesAfter", [SQL.summariesAfter]), ("saveRunner", [SQL.saveRunner]), ("runner", [SQL.runner]), ("runnerAlive", [SQL.runnerAlive]),
        ("runnerTold", [SQL.runnerTold]), ("runnerOffers", [SQL.runnerOffers]), ("runnerLeft", [SQL.runnerLeft]), ("drainRunner", [SQL.drainRunner]),
        // Access
        ("insertCredential", [SQL.insertCredential]), ("credential", [SQL.credential]), ("tokens", [SQL.tokens]), ("revokeToken", [SQL.revokeToken]),
        ("useEnrollment", [SQL.useEnrollment]), ("credentialsOfRunner", [SQL.credentialsOfRunner]),
        ("deleteCredentialsOfRunner", [SQL.deleteCredentialsOfRunner]), ("revokeCredentialsOfRunner", [SQL.revokeCredentialsOfRunner]),
        ("firstUse", [SQL.firstUse]), ("deleteReplacedCredentials", [SQL.deleteReplacedCredentials]), ("tenantOfBatch", [SQL.tenantOfBatch]),
        ("tenantOfRunner", [SQL.tenantOfRunner]), ("revokeRunner", [SQL.revokeRunner]), ("pardonRunner", [SQL.pardonRunner]),
        ("insertSession", [SQL.insertSession]), ("session", [SQL.session]), ("endSession", [SQL.endSession]),
        ("forgetSessions", [SQL.forgetSessions]),
        // Artifacts and retention
        ("saveArtifact", [SQL.saveArtifact]), ("artifactsOfAttempt", [SQL.artifactsOfAttempt]),
        ("artifactsOfBatchAfter", [SQL.artifactsOfBatchAfter]),
        ("artifact", [SQL.artifact]), ("awaitedContent", [SQL.awaitedContent]), ("blob", [SQL.blob]), ("useBlob", [SQL.useBlob]),
        ("saveBlob", [SQL.saveBlob]), ("replaceBlob", [SQL.replaceBlob]), ("blobsAfter", [SQL.blobsAfter]), ("filesOfBlob", [SQL.filesOfBlob]),
        ("locatedAfter", [SQL.locatedAfter]), ("storedBytes", [SQL.storedBytes]), ("countBytes", [SQL.countBytes]),
        ("knownObject", [SQL.knownObject]),
        ("saveRetention", [SQL.saveRetention]), ("expiredBatches", [SQL.expiredBatches]), ("expiredBatch", [SQL.expiredBatch]),
        ("artifactsOfBatch", [SQL.artifactsOfBatch]), ("removeArtifact", [SQL.removeArtifact]), ("markCollected", [SQL.markCollected]),
        ("telemetryBytesOfResults", [SQL.telemetryBytesOfResults]), ("telemetryBytesOfChunks", [SQL.telemetryBytesOfChunks]),
        ("dropChunks", [SQL.dropChunks]), ("dropTelemetryOfResults", [SQL.dropTelemetryOfResults]), ("unreferencedBlobs", [SQL.unreferencedBlobs]),
        ("references", [SQL.references]), ("removeBlob", [SQL.removeBlob]),
        ("useBundle", [SQL.useBundle]), ("saveBundleFile", [SQL.saveBundleFile]), ("bundleFile", [SQL.bundleFile]),
        ("bundleState", [SQL.bundleState]),
        ("unusedBundles", [SQL.unusedBundles]), ("removeBundleFiles", [SQL.removeBundleFiles]), ("removeBundle", [SQL.removeBundle]),
        // Attempts, events, lists, metrics, orders, routing, submissions, telemetry
        ("attempts", [SQL.attempts]), ("resultOfAttempt", [SQL.resultOfAttempt]), ("retryFailedJobs", [SQL.retryFailedJobs]),
        ("retryFailedJob", [SQL.retryFailedJob]), ("lastEnd", [SQL.lastEnd]), ("runsEndedAfter", [SQL.runsEndedAfter]),
        ("endsWithBreaches", [SQL.endsWithBreaches]), ("unnumberedAttempts", [SQL.unnumberedAttempts]), ("latestSimTime", [SQL.latestSimTime]),
        ("numberEnd", [SQL.numberEnd]), ("endsAfter", [SQL.endsAfter]), ("unnumberedEndsAfter", [SQL.unnumberedEndsAfter]),
        (
            "batches",
            [(false, false, false), (true, false, true), (false, true, false), (true, true, true)].map {
                SQL.batches(status: $0, name: $1, search: $2, after: $2)
            }
        ),
        ("runners", [SQL.runners]), ("runnersAfter", [SQL.runnersAfter]), ("noteCheck", [SQL.noteCheck]), ("jobTotals", [SQL.jobTotals]),
        ("batchTotals", [SQL.batchTotals]),
        ("runnersOfBatch", [SQL.runnersOfBatch]), ("cancellationsOfRunner", [SQL.cancellationsOfRunner]),
        ("pool", [SQL.pool]), ("currentJobs", [SQL.currentJobs]), ("pendingSuspect", [SQL.pendingSuspect]),
        ("countIncident", [SQL.countIncident]), ("countSilence", [SQL.countSilence]),
        ("forgetIncidents", [SQL.forgetIncidents]), ("quarantine", [SQL.quarantine]), ("resumeRunner", [SQL.resumeRunner]),
        ("enterIdempotencyKey", [SQL.enterIdempotencyKey]), ("idempotencyKey", [SQL.idempotencyKey]),
        ("forgetIdempotencyKeys", [SQL.forgetIdempotencyKeys]),
        ("saveChunk", [SQL.saveChunk]), ("chunks", [SQL.chunks]), ("chunkNumbers", [SQL.chunkNumbers]), ("attemptResult", [SQL.attemptResult]),
        ("runsWithTelemetry", [SQL.runsWithTelemetry]), ("runsInRange", [SQL.runsInRange]),
        ("saveProvenanceRecord", [SQL.saveProvenanceRecord]), ("provenanceRecord", [SQL.provenanceRecord]),
        // Retractions
        ("noteBasis", [SQL.noteBasis]), ("saveRetraction", [SQL.saveRetraction]), ("retraction", [SQL.retraction]),
        ("batchesOnBasis", [SQL.batchesOnBasis]), ("endedOnBasis", [SQL.endedOnBasis]), ("refundOnBasis", [SQL.refundOnBasis]),
        ("requeueOnBasis", [SQL.requeueOnBasis]), ("cancelOnBasis", [SQL.cancelOnBasis]), ("retractAttempts", [SQL.retractAttempts]),
        ("forgetSeconds", [SQL.forgetSeconds]), ("countRetracted", [SQL.countRetracted]), ("batchRetractions", [SQL.batchRetractions]),
        ("saveOutputSet", [SQL.saveOutputSet]), ("saveOutputs", [SQL.saveOutputs]), ("outputSets", [SQL.outputSets]),
        ("endedRuns", [SQL.endedRuns]), ("stopBatch", [SQL.stopBatch]), ("batchesToJudge", [SQL.batchesToJudge]),
        ("extendBatch", [SQL.extendBatch]), ("requeueCancelled", [SQL.requeueCancelled]), ("forgetStop", [SQL.forgetStop]),
        ("allowRuns", [SQL.allowRuns]), ("appendRuns", [SQL.appendRuns]), ("appendedAt", [SQL.appendedAt]),
        ("appendedAfter", [SQL.appendedAfter]), ("closeBatch", [SQL.closeBatch]), ("openBatches", [SQL.openBatches]),
    ]

    /// Locks that only PostgreSQL has.
    private static let locks = [("lockBatches", [SQL.lockBatches]), ("lockRunners", [SQL.lockRunners])]

    @Test("The list of statements here has all there are") func complete() throws {
        // They stand in `SQL` and in its extensions, which end files.
        var declared: Set<String> = []
        let folder = Repository.path("Sources/ControlPlane")
        let files = try #require(FileManager.default.enumerator(atPath: folder)).compactMap { $0 as? String }
        for file in files where file.hasSuffix(".swift") {
            let text = try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
            guard let start = text.firstRange(of: /(?m)^(extension|enum) SQL \{/) else { continue }
            declared.formUnion(text[start.lowerBound...].matches(of: /(?m)^    static (?:let|func) (\w+)/).map { String($0.1) })
        }
        let listed = (Self.statements + Self.locks).map(\.0)
        #expect(declared.subtracting(listed) == ["batchColumns"])
        #expect(Set(listed).subtracting(declared) == [])
        #expect(listed.count == Set(listed).count)
    }

    @Test("Both databases can carry out each of them", arguments: TestDriver.allCases)
    func planned(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        let statements = Self.statements + (driver == .postgres ? Self.locks : [])
        for (name, forms) in statements {
            for sql in forms {
                let values = Array(repeating: LedgerValue.null, count: sql.count { $0 == "?" })
                await #expect(throws: Never.self, "\(name)") {
                    try await test.ledger.driver.read { _ = try $0.rows("EXPLAIN \(sql)", values) }
                }
            }
        }
    }
}
