import Hummingbird
import Logging
import LynxModel

/// Everything that the control plane logs, each event with its fields.
extension Logger {
    func batchSubmitted(_ receipt: BatchReceipt) {
        info("batch submitted", metadata: ["batch": "\(receipt.batchID)", "jobs": "\(receipt.totalJobs)"])
    }

    func runnerRegistered(_ request: RegisterRequest) {
        info(
            "runner registered",
            metadata: [
                "runner": "\(request.runnerID)", "session": "\(request.sessionID)", "name": "\(request.name)",
                "version": "\(request.version)", "slots": "\(request.capabilities.maxConcurrentJobs)",
                "types": "\(request.capabilities.supportedSimulationTypes.joined(separator: ","))",
            ])
    }

    func runnerEnrolled(_ request: EnrollRequest, tenant: String) {
        info(
            "runner enrolled",
            metadata: [
                "runner": "\(request.runnerID)", "name": "\(request.name)", "tenant": "\(tenant)",
                "types": "\(request.capabilities.supportedSimulationTypes.joined(separator: ","))",
            ])
    }

    func runnerRevoked(_ runnerID: String, tenant: String) {
        info("runner revoked", metadata: ["runner": "\(runnerID)", "tenant": "\(tenant)"])
    }

    func tokenCreated(_ token: TokenDescription) {
        info("token created", metadata: ["token": "\(token.tokenID)", "kind": "\(token.kind.rawValue)", "tenant": "\(token.tenant)"])
    }

    func tokenRevoked(_ id: String, tenant: String) {
        info("token revoked", metadata: ["token": "\(id)", "tenant": "\(tenant)"])
    }

    func loggedIn(_ session: Session) {
        info("logged in", metadata: ["session": "\(session.id)", "token": "\(session.token.id)", "tenant": "\(session.token.tenant)"])
    }

    func certificateLoaded(_ files: TLSFiles) {
        info("certificate loaded", metadata: ["certificate": "\(files.certificate)"])
    }

    func certificateKept(_ failure: any Error) {
        error("the certificate in use is kept: the new one cannot be loaded", metadata: ["reason": "\(failure)"])
    }

    func runnerLeft(_ request: LeaveRequest) {
        info("runner left", metadata: ["runner": "\(request.runnerID)", "session": "\(request.sessionID)"])
    }

    func jobsClaimed(_ jobs: [JobAssignment], by request: ClaimRequest) {
        for job in jobs {
            debug(
                "job claimed",
                metadata: [
                    "job": "\(job.jobID)", "batch": "\(job.batchID)", "attempt": "\(job.attempt)", "runner": "\(request.runnerID)",
                ])
        }
    }

    func attemptEnded(_ report: AttemptReport) {
        info(
            "attempt ended",
            metadata: [
                "job": "\(report.jobID)", "batch": "\(report.batchID)", "attempt": "\(report.attempt)",
                "runner": "\(report.runnerID)", "engine": "\(report.result.metadata.engine)", "outcome": "\(report.outcome.rawValue)",
            ])
    }

    func resultsRetracted(_ retraction: Retraction, jobs: Int) {
        warning(
            "results taken back",
            metadata: ["runner": "\(retraction.runnerID)", "basis": "\(retraction.basis)", "reason": "\(retraction.reason)", "jobs": "\(jobs)"])
    }

    func callFailed(_ request: Request, _ failure: any Error) {
        error("call failed", metadata: ["method": "\(request.method)", "path": "\(request.uri.path)", "reason": "\(failure)"])
    }

    /// A content that should be there is missing, damaged, or could not be read in time.
    func storedContentReplaced(_ sha256: String, tenant: String) {
        warning("stored content is not sound; it is asked for anew", metadata: ["sha256": "\(sha256)", "tenant": "\(tenant)"])
    }

    func fileNotServed(_ file: StoredArtifact, _ failure: any Error) {
        error(
            "a file's bytes cannot be sent",
            metadata: ["path": "\(file.path)", "attempt": "\(file.attempt)", "sha256": "\(file.sha256)", "reason": "\(failure)"])
    }

    func checkFailed(_ part: String, _ failure: any Error) {
        warning("check failed", metadata: ["part": "\(part)", "reason": "\(failure)"])
    }

    func readinessChanged(_ name: String, _ part: Readiness.Part) {
        if part.ok {
            info("ready again", metadata: ["part": "\(name)"])
        } else {
            error("not ready", metadata: ["part": "\(name)", "reason": "\(part.why ?? "")"])
        }
    }

    func leasesEnded(_ jobs: [JobRecord]) {
        for job in jobs {
            warning(
                "lease ended",
                metadata: [
                    "job": "\(job.key.jobID)", "batch": "\(job.key.batchID)", "attempt": "\(job.attempt)",
                    "runner": "\(job.assignedRunner ?? "")",
                ])
        }
    }

    func batchesNotJudged(_ failure: any Error) {
        error("batches that may end early cannot be judged", metadata: ["reason": "\(failure)"])
    }

    func batchStopped(_ batchID: String, _ reason: String) {
        info("batch stopped", metadata: ["batch": "\(batchID)", "reason": "\(reason)"])
    }

    func leasesNotChecked(_ failure: any Error) {
        error("leases cannot be checked", metadata: ["reason": "\(failure)"])
    }

    func connectionsClosed(_ reason: ConnectionLog.Reason, count: Int, lastAddress: String) {
        warning("\(reason.rawValue)", metadata: ["count": "\(count)", "last_address": "\(lastAddress)"])
    }

    func collected(_ report: CollectionReport) {
        info(
            "collection ended",
            metadata: [
                "dry_run": "\(report.dryRun)", "batches": "\(report.batches.count)", "blobs": "\(report.blobs)",
                "bytes": "\(report.blobBytes + report.objectBytes + report.telemetryBytes + report.staleBytes)",
                "failures": "\(report.failures.count)",
            ])
    }
}
