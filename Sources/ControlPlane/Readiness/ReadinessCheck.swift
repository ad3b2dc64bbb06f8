import FoundationEssentials
import Logging
import LynxModel
import Synchronization

/// One part's check. However many ask, it runs once at a time and not more often than once a second; a part that hangs is
/// not waited for longer than any caller would wait.
final class ReadinessCheck: Sendable {
    private struct State {
        var last: Readiness.Part?
        var endedAt: Date?
        var begunAt: Date?
        /// What the log was told last.
        var told: Readiness.Part?
    }

    static let patience = 5.0
    private static let freshness = 1.0

    let name: String
    private let clock: any ControlPlaneClock
    private let attempt: @Sendable () async throws -> Void
    private let ended = Bell()
    private let state = Mutex(State())

    /// - Parameter attempt: throws what is wrong.
    init(_ name: String, clock: any ControlPlaneClock, _ attempt: @escaping @Sendable () async throws -> Void) {
        self.name = name
        self.clock = clock
        self.attempt = attempt
    }

    func run(_ logger: Logger) async -> Readiness.Part {
        let now = clock.now()
        let strokes = ended.strokes
        let (fresh, begins, begunAt) = state.withLock { state -> (Readiness.Part?, Bool, Date) in
            if let last = state.last, let end = state.endedAt, now.timeIntervalSince(end) < Self.freshness, state.begunAt == nil {
                return (last, false, now)
            }
            if let begunAt = state.begunAt { return (nil, false, begunAt) }
            state.begunAt = now
            return (nil, true, now)
        }
        if let fresh { return fresh }
        if begins { Task { await self.perform(logger) } }
        await ended.wait(after: strokes, until: begunAt.addingTimeInterval(Self.patience), clock: clock)
        return state.withLock { state in
            if state.begunAt == nil, let part = state.last { return part }
            let hung = Readiness.Part(ok: false, why: "it has not answered for \(Int(Self.patience)) s")
            tell(hung, logger, &state)
            return hung
        }
    }

    private func perform(_ logger: Logger) async {
        let part: Readiness.Part
        do {
            try await attempt()
            part = Readiness.Part(ok: true)
        } catch {
            logger.checkFailed(name, error)
            part = Readiness.Part(ok: false, why: Self.reason(error))
        }
        state.withLock { state in
            state.last = part
            state.endedAt = clock.now()
            state.begunAt = nil
            tell(part, logger, &state)
        }
        ended.ring()
    }

    /// Logs with the state held, so that the log's last word is what the next caller is answered.
    private func tell(_ part: Readiness.Part, _ logger: Logger, _ state: inout State) {
        if part.ok != (state.told?.ok ?? true) { logger.readinessChanged(name, part) }
        state.told = part
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as NotReady: error.reason
        case let error as StorageError: error.publicReason
        default: "it cannot be used; the log says why"
        }
    }
}

/// What a check found, in words for everybody.
struct NotReady: Error, Hashable {
    var reason: String
}

/// Tries the parts that a control plane cannot do without.
struct ReadinessChecks: Sendable {
    private let checks: [ReadinessCheck]

    init(ledger: Ledger, artifacts: ArtifactStore?) {
        let clock = ledger.clock
        var checks = [ReadinessCheck("ledger", clock: clock) { try await ledger.check() }]
        if let artifacts { checks.append(ReadinessCheck("artifact_store", clock: clock) { try await artifacts.check() }) }
        self.checks = checks
    }

    func run(_ logger: Logger) async -> Readiness {
        await withTaskGroup(of: (String, Readiness.Part).self) { group in
            for check in checks { group.addTask { (check.name, await check.run(logger)) } }
            return Readiness(parts: await group.reduce(into: [:]) { $0[$1.0] = $1.1 })
        }
    }
}
