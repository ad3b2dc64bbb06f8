import EventLoop

/// The threads on which the functions of one engine are called. Each engine has its own, so that one that hangs holds up
/// no other.
package final class EngineThreads: Sendable {
    let engine: EngineLibrary
    /// The `[launch]` thread of the ABI.
    let launches: CallThreads
    /// For `prepare`, `reap`, `collect` and `release`.
    let calls: CallThreads
    let terminations: CallThreads
    /// How long a call is waited for, from its beginning or from the last that it reported.
    let patience: Duration

    /// A call that is not wanted any more still gets this long to return.
    static let rest = Duration.seconds(2)
    /// Where the simulation has ended, and its files are being collected.
    static let restAtEnd = Duration.seconds(20)

    private static let mostCalls = 64
    private static let mostTerminations = 8

    init(_ engine: EngineLibrary, patience: Duration) {
        self.engine = engine
        self.patience = patience
        launches = CallThreads(name: "launch-\(engine.id)", most: 1)
        calls = CallThreads(name: "calls-\(engine.id)", most: Self.mostCalls)
        terminations = CallThreads(name: "end-\(engine.id)", most: Self.mostTerminations)
    }
}

/// A call of an engine is waited for no more.
struct EngineHung: Error, CustomStringConvertible {
    /// The function of the ABI.
    var function: String
    var engine: String
    var patience: Duration
    /// Otherwise it was not wanted any more before a thread was free for it.
    var hasBegun: Bool

    var description: String {
        "engine \(engine) did not return from \(function) within \(ReportBuilder.short(patience / .seconds(1))) s"
    }
}
