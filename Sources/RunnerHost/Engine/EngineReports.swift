import EventLoop
import LynxModel

/// The engines' reports of their state, for registration and heartbeats.
///
/// Engines are asked on a separate thread. An engine that does not return delays nothing: its last report is sent again, and no
/// further call is made meanwhile.
package final class EngineReports: Sendable {
    private struct State: Sendable {
        var latest: [RunnerEngine]
        var isAsking = false
    }

    let ids: [String]
    private let question: (@Sendable () -> [RunnerEngine], on: EventLoop)?
    private let patience: Duration
    private let state: Monitor<State>

    /// A fixed list of engines that never report more.
    init(_ engines: [RunnerEngine]) {
        ids = engines.map(\.id)
        question = nil
        patience = .zero
        state = Monitor(State(latest: engines))
    }

    /// - Parameters:
    ///   - engines: the state before the first report.
    ///   - patience: the time limit for a report.
    ///   - ask: collects the reports; may block.
    init(
        _ engines: [RunnerEngine], patience: Duration = .milliseconds(100), ask: @escaping @Sendable () -> [RunnerEngine]
    ) throws {
        ids = engines.map(\.id)
        let loop = try EventLoop(name: "lynx-engines")
        // The loop is never shut down, as that would wait for an engine that does not return.
        _ = Unmanaged.passRetained(loop)
        question = (ask, on: loop)
        self.patience = patience
        state = Monitor(State(latest: engines))
    }

    package convenience init(_ engines: [EngineLibrary], patience: Duration = .milliseconds(100)) throws {
        try self.init(engines.map { RunnerEngine(id: $0.id, version: $0.version) }, patience: patience) {
            engines.map { engine in
                // A heartbeat has to stay small enough to be sent.
                let workers = engine.warmWorkers()?.prefix(Self.maxWorkers).map(\.shortened)
                return RunnerEngine(id: engine.id, version: engine.version, warmWorkers: workers)
            }
        }
    }

    /// The engines' current state, or the last one if they do not respond.
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
        short.leftOut = leftOut?.prefix(Self.maxLeftOut).map {
            LeftOut(module: Self.short($0.module, Self.maxDetail), why: Self.short($0.why, Self.maxDetail), seconds: $0.seconds)
        }
        return short
    }

    private static func short(_ text: String, _ most: Int = maxText) -> String {
        text.utf8.count <= most ? text : String(decoding: text.utf8.prefix(most), as: UTF8.self) + "…"
    }

    private static let maxText = 1024
    /// The length limit of each reason if there are several.
    private static let maxDetail = 192
    private static let maxLeftOut = 8
}
