import EventLoop
import FoundationEssentials
import LynxModel
import Synchronization

/// Whether this runner can run jobs, for each engine. Problems are detected when an attempt begins and when one fails, and then
/// checked repeatedly until they are over; meanwhile no jobs of that engine are claimed.
package final class RunnerConditions: Sendable {
    private struct Engine: Sendable {
        /// A condition that is not met.
        var problem: String?
        /// Set after the machine failed an attempt for a reason that no condition covers: the time of the next try, and the
        /// length of the pause.
        var pause: (until: Date, length: Duration, reason: String)?
        var nextPause = shortestPause
        /// The number of calls that have not returned.
        var hung = 0
        var lastHung = ""
        var since = Date()

        var trouble: EngineTrouble? {
            if hung >= mostHung {
                return EngineTrouble(
                    since: since, reason: "\(hung) calls of the engine have not returned, the last of \(lastHung); restart this runner")
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

    /// The time in which a disk has to respond.
    static let patience = Duration.seconds(10)
    private static let shortestPause = Duration.seconds(1)
    private static let longestPause = Duration.seconds(300)
    /// The number of hung calls at which an engine is not used any more, as each may occupy a processor.
    private static let mostHung = 3

    /// - Parameter conditions: the conditions by engine id.
    package init(_ conditions: [String: [RunnerCondition]]) {
        self.conditions = conditions
        state = Mutex(State(engines: conditions.mapValues { _ in Engine() }))
    }

    /// The troubles of the engines that have any, by engine id.
    var troubles: [String: EngineTrouble] { state.withLock { $0.reported } }

    /// Calls `body` now and after every change of the troubles, before the call that found the change returns.
    func observe(_ body: @escaping @Sendable () -> Void) {
        state.withLock { $0.observer = body }
        body()
    }

    /// The paths of files that an engine needs, by the settings that name them.
    func files(of engine: String) -> [String: String] {
        Dictionary((conditions[engine] ?? []).filter(\.isFile).map { ($0.setting, $0.path) }, uniquingKeysWith: { first, _ in first })
    }

    /// Checks the conditions of an engine without writing; nil if all are met. Blocks on the file systems.
    func check(_ engine: String) -> ConditionProblem? {
        let found = conditions[engine, default: []].lazy.compactMap { $0.problem(thoroughly: false) }.first
        noted(found, of: engine)
        return found
    }

    /// Checks the conditions of an engine by writing, within a time limit; nil if all are met.
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

    /// Records that a disk which the engine's jobs need did not respond.
    func doesNotAnswer(_ engine: String) -> ConditionProblem {
        let paths = Set((conditions[engine] ?? []).map { "'\($0.path)'" }).sorted().joined(separator: ", ")
        let problem = ConditionProblem("a disk does not answer: one of those with \(paths); mend it")
        noted(problem, of: engine)
        return problem
    }

    private func noted(_ problem: ConditionProblem?, of engine: String) {
        change(engine) { $0.problem = problem?.message }
    }

    /// Records that the machine failed an attempt although all conditions are met: the next one is tried after a pause, which
    /// grows until a job starts.
    func machineFailed(_ engine: String, _ reason: String) {
        change(engine) { engine in
            engine.pause = (Date().addingTimeInterval(engine.nextPause / .seconds(1)), engine.nextPause, reason)
            engine.nextPause = min(engine.nextPause * 2, Self.longestPause)
        }
    }

    /// Records that the engine's own process has ended: no job is begun before the pause is over.
    func processEnded(_ engine: String, _ reason: String, pause: Duration) {
        guard pause > .zero else { return }
        change(engine) { $0.pause = (Date().addingTimeInterval(pause / .seconds(1)), pause, reason) }
    }

    /// Records that the engine has started a job.
    func started(_ engine: String) {
        change(engine) { engine in
            engine.pause = nil
            engine.nextPause = Self.shortestPause
        }
    }

    /// Records that a call into the engine was abandoned.
    func hung(_ engine: String, in call: String) {
        change(engine) { engine in
            engine.hung += 1
            engine.lastHung = call
        }
    }

    /// Records that an abandoned call has returned.
    func returned(_ engine: String) { change(engine) { $0.hung -= 1 } }

    /// Checks whether the problems are over.
    func recheck() async {
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
