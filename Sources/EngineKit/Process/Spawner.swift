import Glibc
import Synchronization

/// The process that forks guardians in the host's place (`spawner.h`), for all of an engine's jobs. Where its program does
/// not lie beside the engine, or it fails, the host forks them itself, which takes longer and is otherwise the same.
enum Spawner {
    private enum State {
        case notStarted
        case running(WarmParent)
        case missing
    }

    private static let state = Mutex(State.notStarted)

    /// Started at the first call; nil if there is none.
    static func current() -> WarmParent? {
        state.withLock { state in
            if case .notStarted = state { state = start().map { .running($0) } ?? .missing }
            guard case .running(let parent) = state else { return nil }
            return parent
        }
    }

    /// The next call of `current` starts another.
    static func replace(_ failed: WarmParent) {
        state.withLock { state in
            if case .running(let parent) = state, parent === failed { state = .notStarted }
        }
    }

    private static func start() -> WarmParent? {
        guard let program = EngineFolder.file("lynx-spawner") else { return nil }
        let request = WarmParent.Request(program: program, arguments: [], environment: [:], workingDirectory: "/", script: [])
        return try? WarmParent(request, onOwnThread: true)
    }
}
