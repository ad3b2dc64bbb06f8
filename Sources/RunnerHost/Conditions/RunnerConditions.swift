import EventLoop
import FoundationEssentials
import LynxModel
import Synchronization

/// Whether this runner is fit to run jobs, engine by engine. What is wrong is found when an attempt begins, when one fails,
/// and after that again and again until it is over; while it lasts no jobs of that engine are taken.
package final class RunnerConditions: Sendable {
    private struct Engine: Sendable {
        /// A condition that is not met.
        var problem: String?
        /// The machine failed an attempt, for a reason that cannot be looked at: when to try again, and how long the pause is.
        var pause: (until: Date, length: Duration, reason: String)?
        var nextPause = shortestPause
        /// Calls of it that have not returned.
        var hung = 0
        var lastHung = ""
        var since = Date()

        var trouble: EngineTrouble? {
            if hung >= mostHung {
                return EngineTrouble(since: since, reason: "\(hung) calls of the engine have not returned, the last of \(lastHung); restart this runner")
            }
            if let problem { return EngineTrouble(since: since, reason: problem) }
            return pause.map { EngineTrouble(since: since, reason: $0.reason, retryAt: $0.until) }
        }
    }

    private struct State: Sendable {
        var engines: [String: Engine]
        var reported: [String: EngineTrouble] = [:]
        var observer: (@Sendable () -> Void)?
    }

    private let conditions: [String: [RunnerCondition]]
    private let threads = CallThreads(name: "lynx-conditions", most: 4)
    private let state: Mutex<State>

    /// How long a disk is given to answer.
    static let patience = Duration.seconds(10)
    private static let shortestPause = Duration.seconds(1)
    private static let longestPause = Duration.seconds(300)
    /// Each takes a processor, if it loops.
    private static let mostHung = 3

    /// - Parameter conditions: of each engine, by its id.
    package init(_ conditions: [String: [RunnerCondition]]) {
        self.conditions = conditions
        state = Mutex(State(engines: conditions.mapValues { _ in Engine() }))
    }

    /// By engine id, those that are in trouble.
    var troubles: [String: EngineTrouble] { state.withLock { $0.reported } }

    /// Calls `body` now and whenever the troubles have changed, before whoever found the change goes on.
    func observe(_ body: @escaping @Sendable () -> Void) {
        state.withLock { $0.observer = body }
        body()
    }

    /// What is wrong with what an engine's jobs need; nil if nothing is. Asks the file systems and writes nothing; blocks on them.
    func look(at engine: String) -> ConditionProblem? {
        let found = conditions[engine, default: []].lazy.compactMap { $0.problem(thoroughly: false) }.first
        noted(found, of: engine)
        return found
    }

    /// The same, found out by writing, and with a limit to the waiting.
    func problem(of engine: String) async -> ConditionProblem? {
        let conditions = conditions[engine] ?? []
        do {
            let found = try await threads.run(CallPatience(Self.patience), late: { _ in }) {
                conditions.lazy.compactMap { $0.problem(thoroughly: true) }.first
            }
            noted(found, of: engine)
            return found
        } catch {
            return doesNotAnswer(engine)
        }
    }

    /// A disk that jobs of the engine need did not answer.
    func doesNotAnswer(_ engine: String) -> ConditionProblem {
        let paths = Set((conditions[engine] ?? []).map { "'\($0.path)'" }).sorted().joined(separator: ", ")
        let problem = ConditionProblem("a disk does not answer: one of those with \(paths); mend it")
        noted(problem, of: engine)
        return problem
    }

    private func noted(_ problem: ConditionProblem?, of engine: String) {
        change(engine) { $0.problem = problem?.message }
    }

    /// The machine failed an attempt, and no condition says why: the next is tried after a pause, which grows until one starts.
    func machineFailed(_ engine: String, _ reason: String) {
        change(engine) { engine in
            engine.pause = (Date().addingTimeInterval(engine.nextPause / .seconds(1)), engine.nextPause, reason)
            engine.nextPause = min(engine.nextPause * 2, Self.longestPause)
        }
    }

    /// The engine has started a job.
    func started(_ engine: String) {
        change(engine) { engine in
            engine.pause = nil
            engine.nextPause = Self.shortestPause
        }
    }

    /// A call of the engine is waited for no more.
    func hung(_ engine: String, in call: String) {
        change(engine) { engine in
            engine.hung += 1
            engine.lastHung = call
        }
    }

    /// It has returned after all.
    func returned(_ engine: String) { change(engine) { $0.hung -= 1 } }

    /// Looks whether what was wrong is over.
    func lookAgain() async {
        let engines = state.withLock { $0.engines }
        for (id, engine) in engines {
            if engine.problem != nil { _ = await problem(of: id) }
            if let pause = engine.pause, pause.until <= Date() { change(id) { $0.pause = nil } }
        }
    }

    private func change(_ id: String, _ body: (inout Engine) -> Void) {
        let now = Date()
        let observer = state.withLock { state -> (@Sendable () -> Void)? in
            var engine = state.engines[id] ?? Engine()
            let wasInTrouble = engine.trouble != nil
            body(&engine)
            if !wasInTrouble { engine.since = now }
            state.engines[id] = engine
            let trouble = engine.trouble
            guard trouble != state.reported[id] else { return nil }
            state.reported[id] = trouble
            return state.observer
        }
        observer?()
    }
}
