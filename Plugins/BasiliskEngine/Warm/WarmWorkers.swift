import EngineKit
import Glibc
import Synchronization

/// Keeps a warm parent for the scenario, and starts jobs from it while it is there.
///
/// A job never needs it: whatever is wrong with the parent, the job is started cold, and the log says why.
final class WarmWorkers: Sendable {
    private enum Parent {
        /// No more of them until the runner is started again; why.
        case off(String)
        case absent
        /// - isPatient: whether jobs wait for it.
        case importing(WarmParent, isPatient: Bool)
        case ready(WarmParent, residentBytes: Int)
    }

    private struct State {
        var parent: Parent
        /// Parents lost in a row without a job started between them.
        var losses = 0
        var jobsStarted = 0
    }

    /// The variables of the scenario contract: what differs between two jobs.
    static let ownVariables = ["TETRYX_RUN_CONFIG", "TETRYX_TELEMETRY_URL", "TETRYX_OUTPUT_DIR"]
    /// Imports take seconds, on a busy machine much longer; what used no processor for all these looks, 10 s, may never end.
    private static let patience = (looks: 100, milliseconds: Int32(100))
    private static let maxWaits = 12
    private static let maxLosses = 3
    private static let maxGrowth = (factor: 2, bytes: 64 << 20)

    private let host: HostHandle
    private let request: WarmParent.Request
    private let state = Mutex(State(parent: .absent))

    /// For a Python scenario. If what the parent needs is not there, every job is started cold.
    init(host: HostHandle, python: String, entrypoint: String, workingDirectory: String, environment: [String: String]) {
        let names = ["libLynxWarm.so", "lynx-spawner"]
        let files = names.map { EngineFolder.file($0) }
        self.host = host
        request = WarmParent.Request(
            program: python,
            arguments: ["-c", "exec(open(4).read(), {'__name__': 'lynx_warm_parent'})", entrypoint] + files.compactMap(\.self),
            environment: environment.filter { !Self.ownVariables.contains($0.key) }, workingDirectory: workingDirectory,
            script: PackageResources.warm_parent_py)
        if let missing = files.firstIndex(of: nil) {
            switchOff("beside the engine is no \(names[missing]) that nobody else may write to")
        }
    }

    /// What there is now. Any thread; what follows from it is left to the next launch, and to those who wait for it.
    var status: WarmWorker {
        state.withLock { state in
            let (condition, parent): (WarmWorker.State, WarmParent?) =
                switch state.parent {
                case .off(let reason): (.off(reason), nil)
                case .absent: (.starting, nil)
                case .importing(let parent, _): (Self.state(after: parent.hear(keeping: true)), parent)
                case .ready(let parent, _): (.ready, parent)
                }
            var worker = WarmWorker(state: condition, entrypoint: entrypoint, jobsStarted: state.jobsStarted)
            worker.residentBytes = parent?.residentBytes ?? 0
            if let parent, worker.residentBytes > 0 {
                worker.pid = parent.pid
            } else if condition == .ready {
                // It is gone, and will be replaced.
                worker.state = .starting
            }
            return worker
        }
    }

    private static func state(after word: WarmParent.Word) -> WarmWorker.State {
        switch word {
        case .none, .gone: .starting
        case .said("ready"): .ready
        case .said(let text): .off(reason(text))
        }
    }

    private static func reason(_ text: String) -> String { text.hasPrefix("refused ") ? String(text.dropFirst(8)) : text }

    /// Starts the parent; it imports while the runner does something else. On a thread that lives as long as the process.
    func start() {
        state.withLock { state in
            if case .absent = state.parent { replace(&state) }
        }
    }

    /// Waits for a parent that is importing: all that wait start sooner than if they imported beside it.
    func waitUntilReady() {
        guard let parent = awaited else { return }
        var used = 0
        for _ in 0..<Self.maxWaits {
            for _ in 0..<Self.patience.looks {
                // Its word may have been taken by another that waited, and then it says no more.
                if parent.waitForWord(milliseconds: Self.patience.milliseconds) || awaited !== parent { return }
            }
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

    /// The parent that jobs wait for, if there is one.
    private var awaited: WarmParent? {
        state.withLock { state in
            if case .importing(let parent, isPatient: true) = state.parent { parent } else { nil }
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

    private func launch(_ job: GuardedProcess.Request, _ state: inout State) throws(EngineError) -> GuardedProcess? {
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
                state.jobsStarted += 1
                return process
            case .outdated:
                host.log(.info, "files that \(entrypoint) imports have changed; a new warm parent is started")
                replace(&state)
            case .failed(let message): lose(parent, message, &state)
            }
            return nil
        }
    }

    private func take(_ word: WarmParent.Word, from parent: WarmParent, _ state: inout State) {
        switch word {
        case .none: break
        case .gone: lose(parent, "it ended while it imported", &state)
        case .said("ready"):
            state.parent = .ready(parent, residentBytes: parent.residentBytes)
            host.log(.info, "warm parent of \(entrypoint) ready (pid \(parent.pid), \(parent.residentBytes >> 20) MiB)")
        case .said(let text): turnOff(&state, Self.reason(text))
        }
    }

    private func lose(_ parent: WarmParent, _ message: String, _ state: inout State) {
        state.losses += 1
        guard state.losses < Self.maxLosses else { return turnOff(&state, "its warm parent was lost again and again: \(message)") }
        host.log(.warning, "the warm parent of \(entrypoint) (pid \(parent.pid)) is lost: \(message); a new one is started")
        replace(&state)
    }

    private func replace(_ state: inout State) {
        stop(state.parent)
        do throws(EngineError) {
            state.parent = .importing(try WarmParent(request), isPatient: true)
        } catch {
            turnOff(&state, error.message)
        }
    }

    private func turnOff(_ state: inout State, _ reason: String) {
        if case .off = state.parent { return }
        stop(state.parent)
        state.parent = .off(reason)
        host.log(.warning, "jobs of \(entrypoint) are started cold from now on: \(reason)")
    }

    private func stop(_ parent: Parent) {
        switch parent {
        case .importing(let parent, _), .ready(let parent, _): parent.stop()
        case .off, .absent: break
        }
    }

    private var entrypoint: String { request.arguments[2] }
}
