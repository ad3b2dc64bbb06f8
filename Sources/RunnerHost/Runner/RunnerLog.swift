import Logging
import LynxModel

/// The log events of a runner, except for those of attempts.
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
        logger.warning("not enrolled yet; retrying", metadata: Self.fields(error))
    }

    func credentialRenewed() { logger.debug("credential renewed") }

    func credentialUnknown(trying earlier: Int) {
        logger.warning(
            "credential unknown to the control plane, whose ledger may have been restored from a backup; trying earlier ones",
            metadata: ["count": "\(earlier)"])
    }

    func credentialNotRenewed(_ error: any Error) {
        logger.warning("credential not renewed", metadata: ["error": "\(error)"])
    }

    func revoked(_ error: ControlPlaneError) { logger.error("revoked", metadata: Self.fields(error)) }

    func outageBegan(_ error: ControlPlaneError) {
        logger.warning("control plane does not respond; retrying until it does", metadata: Self.fields(error))
    }

    func outageEnded(after duration: Duration) {
        logger.info("control plane responds again", metadata: ["outage_seconds": "\(duration / .seconds(1))"])
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
        logger.warning("the retraction is kept and will be sent again", metadata: ["error": "\(error)"])
    }

    /// The control plane's version lacks the call.
    func retractionsKept(_ count: Int) {
        logger.warning(
            "the control plane cannot retract results; retractions are kept until it can: update it",
            metadata: ["count": "\(count)"])
    }

    private static func fields(_ retraction: Retraction) -> Logger.Metadata {
        ["basis": "\(retraction.basis)", "reason": "\(retraction.reason)"]
    }

    func left() { logger.info("left") }

    func leaveFailed() { logger.warning("could not sign off; leases run out by themselves") }

    /// The log of one attempt.
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
