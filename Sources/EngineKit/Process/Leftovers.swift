import CGuardian

/// Processes that a program left behind when it ended by itself, and that did not end in the grace that followed.
public struct Leftovers: Sendable, Equatable {
    /// How many were killed.
    public var killed = 0
    /// For each of the first few: the pid, a space, and the command line.
    public var commands: [String] = []
    /// How many run on, as they could not be killed.
    public var unkillable = 0
    /// There may have been some that were not found, as `/proc` could not be read.
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

    /// For the result, a sentence each.
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
