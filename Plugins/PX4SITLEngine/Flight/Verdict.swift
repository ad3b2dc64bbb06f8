import EngineKit
import Glibc

/// Determines a job's result from its end.
struct Verdict: Sendable {
    /// The observations that contribute to the result, besides the end itself.
    struct Findings: Sendable {
        var timeouts: PX4Settings.Timeouts
        var missionStderr: String
        var vehicleLog: String
        /// Whether there is a readable log of the flight.
        var hasFlightLog: Bool
        /// Whether there should be a log.
        var expectsFlightLog: Bool
        var sensors: String?
        var readiness = Readiness.armable
        /// The present problems of the vehicle.
        var unhealthy: [String] = []
        /// The reason why PX4 was never heard; nil if it was.
        var mute: String?
        /// The reasons why instance numbers cannot be used.
        var hindrances = ""
        /// The cause of the latest start that was replaced by another.
        var collision: String?
        /// The process that listens where PX4 looked for the mission.
        var partner: String?
        /// How long PX4's clock had stood still when the mission failed; nil if it advanced.
        var standstill: String?
        /// The reason why the run is too slow to count; nil if it is not.
        var pace: String?
        var maxRSSBytes: Int64
    }

    static func exit(_ end: FlightEnd, _ findings: Findings) -> SimulationExit {
        switch end {
        case .mission(let exit): return mission(exit, findings)
        case .terminated:
            return simulation("ended by the host", signal: SIGKILL, retryable: true, findings)
        case .parameterRefused(let mismatch):
            let text =
                "parameter \(mismatch.name) did not take effect: sent \(mismatch.sent), read back \(mismatch.read); PX4's start script or its airframe "
                + "overrides it, or PX4 ignores a value equal to the firmware's default"
            return simulation(text, retryable: false, findings)
        case .notStarted(.mission, let error):
            return simulation(error.message, retryable: false, findings)
        case .notStarted(.px4, let error):
            return simulator(error.message, findings)
        case .noInstance:
            let reason = findings.hindrances.isEmpty ? "" : ": \(findings.hindrances)"
            return simulator("no PX4 instance number became free within \(short(findings.timeouts.instance)) s" + reason, findings)
        case .collisions(let count):
            let last = findings.collision.map { "; the last one: \($0)" } ?? ""
            return simulator("\(count) PX4 instance numbers in a row turned out to be in use by others" + last, findings)
        case .bootTimeout:
            let text = "PX4 did not \(findings.readiness.absence) within \(short(findings.timeouts.boot)) s"
            return simulator(text + state(findings) + tail(findings), findings)
        case .notReady:
            let text = "PX4 did not \(findings.readiness.absence) within \(short(findings.timeouts.bootSimulated)) simulated s"
            return simulation(text + state(findings) + tail(findings), retryable: true, findings)
        case .vehicleEnded(let exit):
            return simulator("PX4 ended before the mission: \(description(exit))" + tail(findings), findings)
        case .parametersUnread(let names):
            let list = names.prefix(5).joined(separator: ", ") + (names.count > 5 ? " and \(names.count - 5) more" : "")
            return simulator("PX4 did not report its parameters within \(short(findings.timeouts.parameters)) s: \(list)" + tail(findings), findings)
        case .linkDead:
            return simulator("PX4's clock did not advance for \(short(findings.timeouts.link)) s while it ran" + tail(findings), findings)
        }
    }

    private static func mission(_ exit: GuardedProcess.End, _ findings: Findings) -> SimulationExit {
        var result = SimulationExit.byExitCode(exit, stderrPath: findings.missionStderr)
        result.maxRSSBytes = findings.maxRSSBytes
        let mission = result.success ? "succeeded" : result.message
        let fault: String? =
            if !result.success, let standstill = findings.standstill {
                "\(standstill); the mission: \(mission)"
            } else if let pace = findings.pace {
                "\(pace); the mission: \(mission)"
            } else if result.success {
                findings.hasFlightLog || !findings.expectsFlightLog
                    ? nil : "the mission succeeded, but PX4 left no log of the flight" + tail(findings)
            } else if let partner = findings.partner {
                "\(partner), and may have taken the mission's link; the mission: \(mission)"
            } else {
                findings.sensors.map { "\($0); the mission: \(mission)" }
            }
        guard let fault else { return result }
        result.success = false
        result.failureClass = .simulator
        result.retryable = true
        result.message = "simulator fault: " + fault
        return result
    }

    /// A description of the state of a vehicle that did not become ready.
    private static func state(_ findings: Findings) -> String {
        if let mute = findings.mute { return "; \(mute)" }
        return findings.unhealthy.isEmpty ? "" : "; not well: \(findings.unhealthy.joined(separator: ", "))"
    }

    private static func simulation(_ message: String, signal: Int32? = nil, retryable: Bool, _ findings: Findings) -> SimulationExit {
        SimulationExit(
            exitCode: nil, exitSignal: signal, success: false, retryable: retryable, maxRSSBytes: findings.maxRSSBytes, message: message)
    }

    private static func simulator(_ message: String, _ findings: Findings) -> SimulationExit {
        SimulationExit(
            exitCode: nil, exitSignal: nil, success: false, retryable: true, maxRSSBytes: findings.maxRSSBytes,
            message: "simulator fault: " + message, failureClass: .simulator)
    }

    private static func description(_ exit: GuardedProcess.End) -> String {
        if exit.guardianLost { return "the process that guards it was killed from outside" }
        if let code = exit.exitCode { return "exit code \(code)" }
        let signal = exit.exitSignal ?? 0
        return "ended by signal \(signal) (\(String(cString: strsignal(signal))))"
    }

    private static func tail(_ findings: Findings) -> String {
        let lines = LogTail.read(findings.vehicleLog).filter { !$0.allSatisfy(\.isWhitespace) }
        return lines.isEmpty ? "; its output is empty" : "; its output ends:\n" + lines.joined(separator: "\n")
    }

    private static func short(_ seconds: Double) -> String { seconds == seconds.rounded() ? String(Int(seconds)) : String(seconds) }
}

/// The cause of a job's end.
enum FlightEnd: Sendable {
    /// The mission ended; its exit determines the result.
    case mission(GuardedProcess.End)
    /// The host ended the job.
    case terminated
    case noInstance
    /// Every number that was tried was used by another PX4.
    case collisions(Int)
    case notStarted(Program, EngineError)
    /// PX4 did not become ready within the limit in wall time.
    case bootTimeout
    /// PX4 ran normally, but the vehicle did not become ready within the limit in simulated time.
    case notReady
    /// PX4 ended before the mission did, or before it began.
    case vehicleEnded(GuardedProcess.End)
    /// A parameter read back differs from the given value.
    case parameterRefused(ParameterCheck.Mismatch)
    /// PX4 did not report these parameters.
    case parametersUnread([String])
    /// PX4 runs but reports nothing any more.
    case linkDead

    enum Program: Sendable { case px4, mission }
}
