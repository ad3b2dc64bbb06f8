// For the types of signal.h: which of Glibc and CDispatch Swift takes for their owner depends on the order of loading.
import Dispatch
import Glibc
package import UnixSignals

/// The signals that end a command in good order.
package enum Interrupts {
    /// Those among SIGINT, SIGTERM and SIGHUP that whoever started this process did not have ignored: `nohup` and a
    /// shell's `&` mean what they say.
    package static var wanted: [UnixSignal] {
        [.sigint, .sigterm, .sighup].filter { !isIgnored($0.rawValue) }
    }

    package static func trap() async -> UnixSignalsSequence { await UnixSignalsSequence(trapping: wanted) }

    private static func isIgnored(_ signal: Int32) -> Bool {
        var current = sigaction()
        guard sigaction(signal, nil, &current) == 0 else { return false }
        return unsafeBitCast(current.__sigaction_handler.sa_handler, to: Int.self) == 1  // SIG_IGN
    }
}
