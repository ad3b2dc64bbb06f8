import EngineKit
import Glibc
import Synchronization

/// Keeps a warm parent for the scenario, and starts jobs from it while it is there.
///
/// A job never needs it: whatever is wrong with the parent, the job is started cold, and the log says why.
final class WarmWorkers: Sendable {
    private enum State {
        /// No more parents, until the runner is started again.
        case off
        case absent
        /// - isPatient: whether jobs wait for it.
        case importing(WarmParent, isPatient: Bool)
        case ready(WarmParent, residentBytes: Int)
    }

    /// The variables of the scenario contract: what differs between two jobs.
    static let ownVariables = ["TETRYX_RUN_CONFIG", "TETRYX_TELEMETRY_URL", "TETRYX_OUTPUT_DIR"]
    /// Imports take seconds, on a busy machine much longer; what used no processor for as long as this may never end.
    private static let patienceMilliseconds: Int32 = 10_000
    private static let maxWaits = 12
    /// Parents lost in a row without a job started between them.
    private static let maxLosses = 3
    private static let maxGrowth = (factor: 2, bytes: 64 << 20)

    private let host: HostHandle
    private let request: WarmParent.Request
    private let state = Mutex<(parent: State, losses: Int)>((.absent, 0))

    init(host: HostHandle, request: WarmParent.Request) {
        self.host = host
        self.request = request
    }

    /// Starts the parent; it imports while the runner does something else. On a thread that lives as long as the process.
    func start() {
        state.withLock { state in
            if case .absent = state.parent { replace(&state) }
        }
    }

    /// Waits for a parent that is importing: all that wait start sooner than if they imported beside it.
    func waitUntilReady() {
        guard let parent = state.withLock({ state -> WarmParent? in
            if case .importing(let parent, isPatient: true) = state.parent { parent } else { nil }
        }) else { return }
        var used = 0
        for _ in 0..<Self.maxWaits {
            if parent.waitForWord(milliseconds: Self.patienceMilliseconds) { return }
            let now = parent.processorTicks
            if now == used { break }
            used = now
        }
        state.withLock { state in
            guard case .importing(let current, isPatient: true) = state.parent, current === parent else { return }
            state.parent = .importing(parent, isPatient: false)
            host.log(.warning, "the imports of \(entrypoint) take long; jobs are started cold until they are done")
        }
    }

    /// A process from the parent, or nil if the job is to be started cold. `[launch]`
    func launch(_ request: GuardedProcess.Request) throws(EngineError) -> GuardedProcess? {
        let result = state.withLock { state in
            Result { () throws(EngineError) in try launch(request, &state) }
        }
        return try result.get()
    }

    /// From now on every job is started cold.
    func switchOff(_ reason: String) {
        state.withLock { turnOff(&$0, reason) }
    }

    private func launch(_ job: GuardedProcess.Request, _ state: inout (parent: State, losses: Int)) throws(EngineError) -> GuardedProcess? {
        if case .importing(let parent, _) = state.parent { take(parent.hear(), from: parent, &state) }
        switch state.parent {
        case .off, .importing: return nil
        case .absent:
            replace(&state)
            return nil
        case .ready(let parent, let before):
            let now = parent.residentBytes
            if now > Self.maxGrowth.factor * before + Self.maxGrowth.bytes {
                host.log(.warning, "the warm parent (pid \(parent.pid)) has grown from \(before >> 20) to \(now >> 20) MiB; a new one is started")
                replace(&state)
                return nil
            }
            switch try parent.start(job, variables: Self.ownVariables) {
            case .started(let process):
                state.losses = 0
                return process
            case .outdated:
                host.log(.info, "files that \(entrypoint) imports have changed; a new warm parent is started")
                replace(&state)
            case .failed(let message): lose(parent, message, &state)
            }
            return nil
        }
    }

    private func take(_ word: WarmParent.Word, from parent: WarmParent, _ state: inout (parent: State, losses: Int)) {
        switch word {
        case .none: break
        case .gone: lose(parent, "it ended while it imported", &state)
        case .said("ready"):
            state.parent = .ready(parent, residentBytes: parent.residentBytes)
            host.log(.info, "warm parent of \(entrypoint) ready (pid \(parent.pid), \(parent.residentBytes >> 20) MiB)")
        case .said(let text): turnOff(&state, text.hasPrefix("refused ") ? String(text.dropFirst(8)) : text)
        }
    }

    private func lose(_ parent: WarmParent, _ message: String, _ state: inout (parent: State, losses: Int)) {
        state.losses += 1
        guard state.losses < Self.maxLosses else { return turnOff(&state, "its warm parent was lost again and again: \(message)") }
        host.log(.warning, "the warm parent of \(entrypoint) (pid \(parent.pid)) is lost: \(message); a new one is started")
        replace(&state)
    }

    private func replace(_ state: inout (parent: State, losses: Int)) {
        stop(state.parent)
        do throws(EngineError) {
            state.parent = .importing(try WarmParent(request), isPatient: true)
        } catch {
            turnOff(&state, error.message)
        }
    }

    private func turnOff(_ state: inout (parent: State, losses: Int), _ reason: String) {
        if case .off = state.parent { return }
        stop(state.parent)
        state.parent = .off
        host.log(.warning, "jobs of \(entrypoint) are started cold from now on: \(reason)")
    }

    private func stop(_ state: State) {
        switch state {
        case .importing(let parent, _), .ready(let parent, _): parent.stop()
        case .off, .absent: break
        }
    }

    private var entrypoint: String { request.arguments[2] }
}

extension WarmWorkers {
    /// For a Python scenario, or nil with the reason in the log if what the parent needs is not there.
    static func make(
        host: HostHandle, python: String, entrypoint: String, workingDirectory: String, environment: [String: String]
    ) -> WarmWorkers? {
        var files: [String] = []
        for name in ["libLynxWarm.so", "lynx-spawner"] {
            guard let file = EngineFolder.file(name) else {
                host.log(.warning, "jobs of \(entrypoint) are started cold: beside the engine is no \(name) that nobody else may write to")
                return nil
            }
            files.append(file)
        }
        return WarmWorkers(
            host: host,
            request: WarmParent.Request(
                program: python,
                arguments: ["-c", "exec(open(4).read(), {'__name__': 'lynx_warm_parent'})", entrypoint] + files,
                environment: environment.filter { !ownVariables.contains($0.key) }, workingDirectory: workingDirectory,
                script: PackageResources.warm_parent_py))
    }
}
