import EventLoop
import LynxModel

/// What the engines tell of themselves, for registration and heartbeats.
///
/// They are asked on a thread of its own. One that does not answer holds nothing up: what was told last is what is sent,
/// and nobody asks again meanwhile.
package final class EngineReports: Sendable {
    private struct State: Sendable {
        var latest: [RunnerEngine]
        var isAsking = false
    }

    let ids: [String]
    private let question: (@Sendable () -> [RunnerEngine], on: EventLoop)?
    private let patience: Duration
    private let state: Monitor<State>

    /// Engines that never have more to tell.
    init(_ engines: [RunnerEngine]) {
        ids = engines.map(\.id)
        question = nil
        patience = .zero
        state = Monitor(State(latest: engines))
    }

    /// - Parameters:
    ///   - engines: what is known before they are asked.
    ///   - patience: how long an answer is waited for.
    ///   - ask: may block.
    init(
        _ engines: [RunnerEngine], patience: Duration = .milliseconds(100), ask: @escaping @Sendable () -> [RunnerEngine]
    ) throws {
        ids = engines.map(\.id)
        let loop = try EventLoop(name: "lynx-engines")
        // Never shut down: that would wait for an engine that does not answer.
        _ = Unmanaged.passRetained(loop)
        question = (ask, on: loop)
        self.patience = patience
        state = Monitor(State(latest: engines))
    }

    package convenience init(_ engines: [EngineLibrary], patience: Duration = .milliseconds(100)) throws {
        try self.init(engines.map { RunnerEngine(id: $0.id, version: $0.version) }, patience: patience) {
            engines.map { engine in
                // A heartbeat has to stay of a size to be sent.
                let workers = engine.warmWorkers()?.prefix(Self.maxWorkers).map(\.shortened)
                return RunnerEngine(id: engine.id, version: engine.version, warmWorkers: workers)
            }
        }
    }

    /// The engines now, or as they were when they last answered.
    func latest() async -> [RunnerEngine] {
        if let (ask, loop) = question {
            let isFirst = state.with { state in
                defer { state.isAsking = true }
                return !state.isAsking
            }
            if isFirst {
                loop.execute { [state] _ in
                    let engines = ask()
                    state.with { $0 = State(latest: engines) }
                }
            }
            _ = await succeeds(within: patience) { [state] in try await state.wait { !$0.isAsking } }
        }
        return state.with { $0.latest }
    }

    private static let maxWorkers = 64
}

extension WarmWorker {
    fileprivate var shortened: WarmWorker {
        var short = self
        short.entrypoint = Self.short(entrypoint)
        short.message = message.map { Self.short($0) }
        short.leftOut = leftOut?.prefix(Self.maxLeftOut).map { LeftOut(module: Self.short($0.module, Self.maxDetail), why: Self.short($0.why, Self.maxDetail), seconds: $0.seconds) }
        return short
    }

    private static func short(_ text: String, _ most: Int = maxText) -> String {
        text.utf8.count <= most ? text : String(decoding: text.utf8.prefix(most), as: UTF8.self) + "…"
    }

    private static let maxText = 1024
    /// The length of each reason where several are given.
    private static let maxDetail = 192
    private static let maxLeftOut = 8
}
