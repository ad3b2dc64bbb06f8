import Logging
import LynxModel
import ObjectStore

/// The events in a runner's life, apart from those of an attempt.
struct RunnerLog: Sendable {
    let logger: Logger

    func foundUndelivered(_ count: Int) {
        logger.info("found results of an earlier process", metadata: ["count": "\(count)"])
    }

    func setAside(corrupt file: Spool.CorruptFile) {
        logger.error("spool file set aside", metadata: ["file": "\(file.path)", "reason": "\(file.reason)"])
    }

    func registered(server: String, _ answer: RegisterResponse) {
        logger.info(
            "registered",
            metadata: [
                "server": "\(server)", "lease_seconds": "\(answer.leaseSeconds)",
                "heartbeat_interval_seconds": "\(answer.heartbeatIntervalSeconds)",
            ])
    }

    func registrationFailed(_ error: ControlPlaneError) {
        logger.error("registration refused; no new jobs are taken", metadata: Self.fields(error))
    }

    func enrolled(server: String) { logger.info("enrolled", metadata: ["server": "\(server)"]) }

    func notEnrolledYet(_ error: ControlPlaneError) {
        logger.warning("not enrolled yet; trying until it works", metadata: Self.fields(error))
    }

    func credentialRenewed() { logger.debug("credential renewed") }

    func credentialUnknown(trying earlier: Int) {
        logger.warning(
            "credential unknown to the control plane, whose ledger may have been taken back; trying earlier ones",
            metadata: ["count": "\(earlier)"])
    }

    func credentialNotRenewed(_ error: any Error) {
        logger.warning("credential not renewed", metadata: ["error": "\(error)"])
    }

    func revoked(_ error: ControlPlaneError) { logger.error("revoked", metadata: Self.fields(error)) }

    func outageBegan(_ error: ControlPlaneError) {
        logger.warning("control plane does not answer; trying until it does", metadata: Self.fields(error))
    }

    func outageEnded(after duration: Duration) {
        logger.info("control plane answers again", metadata: ["outage_seconds": "\(duration / .seconds(1))"])
    }

    func callFailed(_ error: ControlPlaneError) {
        logger.warning("call refused", metadata: Self.fields(error))
    }

    func paused(_ paused: Bool) {
        logger.info(paused ? "drained by the control plane" : "resumed by the control plane")
    }

    func troubleChanged(_ engine: String, _ trouble: EngineTrouble?) {
        if let trouble {
            logger.error("no jobs are taken", metadata: ["engine": "\(engine)", "reason": "\(trouble.reason)"])
        } else {
            logger.info("jobs are taken again", metadata: ["engine": "\(engine)"])
        }
    }

    func leaving(_ phase: RunnerPhase, running: Int, undelivered: Int) {
        logger.info(
            phase == .stopping ? "stopping" : "draining",
            metadata: ["running": "\(running)", "undelivered": "\(undelivered)"])
    }

    func leftInSpool(_ count: Int) {
        logger.warning("results stay in the spool until the next start", metadata: ["count": "\(count)"])
    }

    func retracting(_ retraction: Retraction) {
        logger.warning("an engine takes results back", metadata: Self.fields(retraction))
    }

    func retracted(_ retraction: Retraction) { logger.info("results taken back", metadata: Self.fields(retraction)) }

    func retractionNotSpooled(_ retraction: Retraction, _ error: any Error) {
        var fields = Self.fields(retraction)
        fields["error"] = "\(error)"
        logger.error("what was taken back cannot be written down; it is kept in memory", metadata: fields)
    }

    func retractionRefused(_ retraction: Retraction, _ error: ControlPlaneError) {
        logger.warning(
            "results not taken back yet", metadata: Self.fields(error).merging(Self.fields(retraction)) { error, _ in error })
    }

    func retractionNotRemoved(_ error: any Error) {
        logger.warning("what was taken back is not forgotten, and will be told again", metadata: ["error": "\(error)"])
    }

    /// The control plane is older than the call.
    func retractionsKept(_ count: Int) {
        logger.warning(
            "the control plane takes no results back; what was taken back is kept until one does: update it",
            metadata: ["count": "\(count)"])
    }

    private static func fields(_ retraction: Retraction) -> Logger.Metadata {
        ["basis": "\(retraction.basis)", "reason": "\(retraction.reason)"]
    }

    func left() { logger.info("left") }

    func leaveFailed() { logger.warning("could not sign off; leases run out by themselves") }

    /// The events of one attempt.
    func attempt(_ key: AttemptKey, batchID: String? = nil) -> AttemptLog {
        var logger = logger
        logger[metadataKey: "job"] = "\(key.jobID)"
        logger[metadataKey: "attempt"] = "\(key.attempt)"
        if let batchID { logger[metadataKey: "batch"] = "\(batchID)" }
        return AttemptLog(logger: logger)
    }

    static func fields(_ error: ControlPlaneError) -> Logger.Metadata {
        var fields: Logger.Metadata = ["call": "\(error.call)", "server": "\(error.server)", "error": "\(error)"]
        if let status = error.status { fields["status"] = "\(status)" }
        return fields
    }
}

/// The events of one attempt; each carries its job, batch and number.
struct AttemptLog: Sendable {
    let logger: Logger

    func claimed() { logger.info("claimed") }

    func turnedAway(_ reason: RunnerState.Admission) {
        logger.warning("not taken", metadata: ["reason": "\(reason)"])
    }

    func started() { logger.info("started") }

    func startNotReported(_ error: ControlPlaneError) {
        logger.warning("start not reported", metadata: RunnerLog.fields(error))
    }

    func stopRequested(_ reason: StopReason) { logger.info("stop requested", metadata: ["reason": "\(reason.rawValue)"]) }

    func ended(_ report: AttemptReport) {
        var fields: Logger.Metadata = [
            "outcome": "\(report.outcome.rawValue)", "execution_time_seconds": "\(report.result.executionTimeSecs)",
        ]
        if let message = report.result.errorMessage { fields["error"] = "\(message)" }
        logger.info("ended", metadata: fields)
    }

    func forgotten() { logger.warning("forgotten; the control plane gave the job to another attempt") }

    func notSpooled(_ error: any Error) {
        logger.error("result kept in memory; it cannot be written down yet", metadata: ["error": "\(error)"])
    }

    func spooledLate() { logger.info("result written down after all") }

    func lost() { logger.error("result lost; it could neither be written down nor delivered") }

    func delivered() { logger.info("delivered") }

    func filesNotUploaded(_ warnings: [String]) {
        logger.warning("files not uploaded", metadata: ["count": "\(warnings.count)", "first": "\(warnings[0])"])
    }

    func objectStoreFailed(_ error: S3Error) {
        logger.warning("files cannot be uploaded yet", metadata: ["error": "\(error)"])
    }

    func directoryKept(_ path: String) {
        logger.notice("files that were not collected stay, as there is no copy of them elsewhere", metadata: ["directory": "\(path)"])
    }

    func directoryNotRemoved(_ path: String, _ error: any Error) {
        logger.warning("uploaded files cannot be removed", metadata: ["directory": "\(path)", "error": "\(error)"])
    }

    func unreadable(_ error: any Error) {
        logger.error("spooled result cannot be read", metadata: ["error": "\(error)"])
    }

    func notRemoved(_ error: any Error) {
        logger.warning("delivered result cannot be removed", metadata: ["error": "\(error)"])
    }

    func telemetryNotSpooled(_ error: any Error) {
        logger.warning("telemetry cannot be written down yet; it is kept in memory", metadata: ["error": "\(error)"])
    }

    func telemetryDropped(_ error: ControlPlaneError) {
        logger.warning("telemetry dropped; the control plane will not have it", metadata: RunnerLog.fields(error))
    }

    func telemetryMissing() { logger.error("telemetry lost on its way; the result goes without it") }

    func replaced(_ error: ControlPlaneError) {
        logger.error("result refused; the job ends with the reason", metadata: RunnerLog.fields(error))
    }

    func rejected(_ error: ControlPlaneError) {
        logger.error("result refused; it is given up", metadata: RunnerLog.fields(error))
    }
}
