import EngineKit
import Glibc

/// What a job's end means for its result.
struct Verdict: Sendable {
    /// What is known beside the end itself.
    struct Findings: Sendable {
        var timeouts: PX4Settings.Timeouts
        var missionStderr: String
        var vehicleLog: String
        /// Whether a log of the flight is there that a reader can open.
        var hasFlightLog: Bool
        /// Whether one was to be expected.
        var expectsFlightLog: Bool
        var sensors: String?
        var maxRSSBytes: Int64
    }

    static func exit(_ end: FlightEnd, _ findings: Findings) -> SimulationExit {
        switch end {
        case .mission(let exit): return mission(exit, findings)
        case .terminated:
            return simulation("ended by the host", signal: SIGKILL, retryable: true, findings)
        case .parameterRefused(let mismatch):
            let text =
                "parameter \(mismatch.name) did not take: sent \(mismatch.sent), read back \(mismatch.read); PX4's start script or its airframe "
                + "overrides it, or PX4 ignores a value equal to the firmware's default"
            return simulation(text, retryable: false, findings)
        case .notStarted(.mission, let error):
            return simulation(error.message, retryable: false, findings)
        case .notStarted(.px4, let error):
            return simulator(error.message, findings)
        case .noInstance:
            return simulator("no PX4 instance number became free within \(short(findings.timeouts.instance)) s", findings)
        case .collisions(let count):
            return simulator("\(count) PX4 instance numbers in a row turned out to be in use by others", findings)
        case .bootTimeout:
            let text = "PX4 did not become ready to arm within \(short(findings.timeouts.boot)) s"
            return simulator(text + (findings.sensors.map { "; \($0)" } ?? "") + tail(findings), findings)
        case .vehicleEnded(let exit):
            return simulator("PX4 ended before the mission: \(description(exit))" + tail(findings), findings)
        case .parametersUnread(let names):
            let list = names.prefix(5).joined(separator: ", ") + (names.count > 5 ? " and \(names.count - 5) more" : "")
            return simulator("PX4 did not tell its parameters within \(short(findings.timeouts.parameters)) s: \(list)" + tail(findings), findings)
        case .linkDead:
            return simulator("PX4 fell silent for \(short(findings.timeouts.link)) s while it ran" + tail(findings), findings)
        }
    }

    private static func mission(_ exit: GuardedProcess.End, _ findings: Findings) -> SimulationExit {
        var result = SimulationExit.byExitCode(exit, stderrPath: findings.missionStderr)
        result.maxRSSBytes = findings.maxRSSBytes
        if result.success, findings.hasFlightLog || !findings.expectsFlightLog { return result }
        if !result.success, findings.sensors == nil { return result }
        result.failureClass = .simulator
        result.retryable = true
        if result.success {
            result.success = false
            result.message = "simulator fault: the mission succeeded, but PX4 left no log of the flight" + tail(findings)
        } else {
            result.message = "simulator fault: \(findings.sensors ?? ""); the mission: \(result.message)"
        }
        return result
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
