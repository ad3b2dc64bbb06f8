import CGuardian
import Glibc

extension GuardedProcess {
    /// How a program ended.
    public struct End: Sendable {
        public var exitCode: Int32?
        public var exitSignal: Int32?
        public var maxRSSBytes: Int64
        /// The guardian was killed by another process, so processes may have been left behind.
        public var guardianLost: Bool
        /// The processes that the program left behind and that the user should know of.
        public var leftovers: Leftovers

        public init(
            exitCode: Int32?, exitSignal: Int32?, maxRSSBytes: Int64, guardianLost: Bool, leftovers: Leftovers = Leftovers()
        ) {
            self.exitCode = exitCode
            self.exitSignal = exitSignal
            self.maxRSSBytes = maxRSSBytes
            self.guardianLost = guardianLost
            self.leftovers = leftovers
        }
    }
}

/// Processes that outlived the program's own end and the grace period after it.
public struct Leftovers: Sendable, Equatable {
    /// The number of processes that were killed.
    public var killed = 0
    /// The pid, a space and the command line of each of the first few.
    public var commands: [String] = []
    /// The number of processes that could not be killed and still run.
    public var unkillable = 0
    /// Whether more of them may exist that were not found because `/proc` could not be read.
    public var areUnknown = false

    public init() {}

    init(_ end: inout lynx_guardian_exit) {
        killed = Int(end.outlived)
        unkillable = Int(end.unkillable)
        areUnknown = end.unlisted != 0
        commands = withUnsafeBytes(of: &end.outlived_commands) { text in
            text.prefix { $0 != 0 }.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
        }
    }

    /// The warnings for the result, one sentence each.
    public var warnings: [String] {
        var warnings: [String] = []
        if killed > 0 {
            let named = commands.map { command in
                let parts = command.split(separator: " ", maxSplits: 1)
                return "\(parts.count > 1 ? parts[1] : "a process") (pid \(parts.first ?? "?"))"
            }
            let list = named.joined(separator: ", ") + (killed > named.count ? ", and \(killed - named.count) more" : "")
            warnings.append(
                "\(Self.count(killed)) outlived the simulation's main process by \(LYNX_GUARDIAN_GRACE_MS / 1000) s and \(killed == 1 ? "was" : "were") killed: \(list); what \(killed == 1 ? "it" : "they") had not written by then is missing"
            )
        }
        if unkillable > 0 { warnings.append("\(Self.count(unkillable)) of the simulation could not be killed and may still run") }
        if areUnknown { warnings.append("whether processes outlived the simulation is not known, as /proc could not be read") }
        return warnings
    }

    private static func count(_ number: Int) -> String { number == 1 ? "1 process" : "\(number) processes" }
}

extension SimulationExit {
    /// The outcome by the scenario contract: exit code 0 is success, anything else is a failure that another attempt may avoid.
    /// The message's first line states the reason as stderr gives it; the end of stderr follows.
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
