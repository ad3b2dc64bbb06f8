import CLinux
import EventLoop

/// The threads on which one engine's functions are called. Each engine has its own, so that a hung engine does not delay
/// others.
package final class EngineThreads: Sendable {
    let engine: EngineLibrary
    /// The ABI's `[launch]` thread.
    let launches: CallThreads
    /// The threads for `prepare`, `reap`, `collect` and `release`.
    let calls: CallThreads
    let terminations: CallThreads
    /// The time limit for a call, counted from its beginning or its last sign of progress.
    let patience: Duration

    /// The time limit for the rest of a call that is no longer wanted.
    static let rest = Duration.seconds(2)
    /// The same limit after the simulation has ended, while its files are being collected.
    static let restAtEnd = Duration.seconds(20)

    private static let patienceWithProcess = Duration.seconds(20)
    private static let mostCalls = 64
    private static let mostTerminations = 8

    init(_ engine: EngineLibrary, patience: Duration) {
        self.engine = engine
        // The process of an engine is ended when it is silent for that long; then the call returns.
        self.patience = engine.isolated == nil ? patience : patience + Self.patienceWithProcess
        launches = CallThreads(name: "launch-\(engine.id)", most: 1)
        calls = CallThreads(name: "calls-\(engine.id)", most: Self.mostCalls)
        terminations = CallThreads(name: "end-\(engine.id)", most: Self.mostTerminations)
    }
}

/// A call into an engine that was abandoned.
struct EngineHung: Error, CustomStringConvertible {
    /// The name of the ABI's function.
    var function: String
    var engine: String
    var patience: Duration
    /// Whether the call began; otherwise it was no longer wanted before a thread was free.
    var hasBegun: Bool

    var description: String {
        "engine \(engine) did not return from \(function) within \(ReportDraft.short(patience / .seconds(1))) s"
    }
}

/// Calls into foreign code, which all calls of an engine are.
enum EngineActivity {
    /// Makes one call. If the process crashes in it, the last log line names the engine; if descriptors are missing after it,
    /// the process ends, as it would use the wrong files from then on.
    static func during<Value, Failure: Error>(
        _ function: StaticString, of engine: String, _ body: () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        lynx_set_activity("\(function) of engine \(engine)")
        defer {
            lynx_set_activity(nil)
            if !lynx_descriptors_are_intact() {
                lynx_die("engine \(engine) has closed descriptors that are not its own, in \(function) or beside it; this process ends, and its simulations with it")
            }
        }
        return try body()
    }
}
