import Glibc

extension SimulationExit {
    /// The scenario contract: exit code 0 is success, anything else a failure that another attempt may mend.
    /// The message's first line says what happened, in the words of stderr; its end follows.
    public static func byExitCode(_ end: GuardedProcess.End, stderrPath: String) -> SimulationExit {
        let success = end.exitCode == 0
        var message = ""
        if !success {
            let lines = LogTail.all(stderrPath)
            message = description(of: end)
            if let reason = FailureReason.find(in: lines) {
                message += ": \(LogTail.clipped(reason))"
                if lines.count > 1 { message += "\n" + LogTail.last(8, of: lines).joined(separator: "\n") }
            }
        }
        return SimulationExit(
            exitCode: end.exitCode, exitSignal: end.exitSignal, success: success, retryable: !success, maxRSSBytes: end.maxRSSBytes,
            message: message)
    }

    private static func description(of end: GuardedProcess.End) -> String {
        if end.guardianLost { return "the process that guards the simulation was killed from outside" }
        if let code = end.exitCode { return "exit code \(code)" }
        let signal = end.exitSignal ?? 0
        return "ended by signal \(signal) (\(String(cString: strsignal(signal))))"
    }
}
