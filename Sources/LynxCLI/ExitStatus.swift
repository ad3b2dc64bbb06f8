package import LynxDocument
import LynxModel

/// The exit codes of `lynxctl`.
package enum ExitStatus {
    package static let success: Int32 = 0
    /// Not every requirement of the batch is met, or, where it has none, not every job completed; not every stored file is sound.
    package static let jobsFailed: Int32 = 1
    /// The command line, a file or an id is wrong.
    package static let badInput: Int32 = 2
    /// The control plane or the runner could not do its part, or what was printed could not be written.
    package static let unavailable: Int32 = 3

    /// What shells report for a process that a signal ended: 130 for Ctrl-C, 143 for SIGTERM.
    package static func signalled(_ signal: Int32) -> Int32 { 128 + signal }

    package static let help = """
        EXIT CODES: 0 all went well; 1 a requirement is not met, or not every job of a batch without requirements completed, or a stored file is damaged; 2 bad input; 3 the control plane or the runner is not \
        available, or the output cannot be written; 130 and 143 interrupted by Ctrl-C and SIGTERM. A runner-host that refuses to start gives its own code.
        """
}

/// Ends the command with lines for standard error.
package struct CLIError: Error, Hashable {
    package var lines: [String]
    package var exitCode: Int32
    /// The lines begin with a place in a file, which editors and terminals make links of.
    package var hasPlaces = false
    /// The bare reason, for a line of another kind.
    package var reason: String
    /// A call may have had its effect although its answer was lost.
    package var mayHaveArrived = false
    /// The control plane does not know the call, because it is older than this client.
    package var isOfOlderControlPlane = false

    package init(_ lines: [String], exitCode: Int32, reason: String? = nil) {
        self.lines = lines
        self.exitCode = exitCode
        self.reason = reason ?? lines.first ?? ""
    }

    package init(_ line: String, exitCode: Int32, reason: String? = nil) {
        self.init([line], exitCode: exitCode, reason: reason)
    }

    /// Any error as one that ends the command.
    package init(wrapping error: any Error) {
        self = error as? CLIError ?? .unavailable("\(error)")
    }

    /// Everything that is wrong with a file, each with its place.
    package init(_ problems: DiagnosticList) {
        self.init(problems.description.split(separator: "\n").map(String.init), exitCode: ExitStatus.badInput)
        hasPlaces = true
    }

    package static func badInput(_ line: String) -> CLIError { CLIError(line, exitCode: ExitStatus.badInput) }
    /// Ends the command without a word.
    static let nobodyReads = CLIError([], exitCode: ExitStatus.success)

    package static func unavailable(_ line: String) -> CLIError { CLIError(line, exitCode: ExitStatus.unavailable) }
}
