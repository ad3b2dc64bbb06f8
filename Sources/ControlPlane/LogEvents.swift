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

    func callFailed(_ request: Request, _ failure: any Error) {
        error("call failed", metadata: ["method": "\(request.method)", "path": "\(request.uri.path)", "reason": "\(failure)"])
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
