import Glibc
import Synchronization

/// Why an attempt was ended before it ended by itself.
enum EndCause: Sendable {
    case breach(Breach)
    case timeout
    case stopped(StopReason)
}

/// The one place from which an attempt's processes are killed.
///
/// Kills go by pid, and a pid given back may be another process's: so they happen under a lock, and never
/// after `ended`, which comes before the engine reaps.
final class AttemptControl: Sendable {
    private enum Phase {
        case preparing
        case running(pid: Int32?, EngineAttempt)
        case over
    }

    private let state = Mutex<(phase: Phase, cause: EndCause?)>((.preparing, nil))

    /// Ends the attempt with SIGKILL, at once; one that has no process yet, as soon as it has one. The first
    /// cause counts. Any thread.
    func stop(_ cause: EndCause) {
        state.withLock { state in
            guard state.cause == nil else { return }
            if case .over = state.phase { return }
            state.cause = cause
            kill(state.phase)
        }
    }

    /// From now on there is something to kill.
    func launched(pid: Int32?, _ attempt: EngineAttempt) {
        state.withLock { state in
            state.phase = .running(pid: pid, attempt)
            if state.cause != nil { kill(state.phase) }
        }
    }

    /// The processes are gone, and their pids may be given back. Returns why they were ended, if they were.
    func ended() -> EndCause? {
        state.withLock { state in
            state.phase = .over
            return state.cause
        }
    }

    /// Whether it makes no sense to launch any more.
    var isStopped: Bool { state.withLock { $0.cause != nil } }

    private func kill(_ phase: Phase) {
        guard case .running(let pid, let attempt) = phase else { return }
        // The group at once, from this very thread; then what only the engine knows of.
        if let pid { Glibc.kill(-pid, SIGKILL) }
        attempt.terminate()
    }
}
