import Logging
import LynxModel
import ObjectStore

/// The log events of one attempt; each carries its job, batch and number.
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

    /// - Parameter reason: one word, such as `cancelled`.
    func stopRequested(_ reason: String) { logger.info("stop requested", metadata: ["reason": "\(reason)"]) }

    func ended(_ report: AttemptReport) {
        var fields: Logger.Metadata = [
            "outcome": "\(report.outcome.rawValue)", "execution_time_seconds": "\(report.result.executionTimeSecs)",
        ]
        if let message = report.result.errorMessage { fields["error"] = "\(message)" }
        logger.info("ended", metadata: fields)
    }

    func forgotten() { logger.warning("dropped; the control plane gave the job to another attempt") }

    func notSpooled(_ error: any Error) {
        logger.error("result kept in memory; it cannot be written to disk yet", metadata: ["error": "\(error)"])
    }

    func spooledLate() { logger.info("result written to disk") }

    func lost() { logger.error("result lost; it could be neither written to disk nor delivered") }

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
