import LynxModel

/// The attempts of a runner from their admission until their reports are on disk, and the number that it may still claim. A
/// pure state machine and part of `RunnerState`.
struct RunningAttempts: Sendable {
    private struct Entry: Sendable {
        let attempt: Attempt
        /// The engine that the attempt counts for; nil if for none.
        var engine: String?
        /// The time since which it has a slot; nil while it waits for one.
        var hasSlotSince: ContinuousClock.Instant?
        /// Whether its simulation has ended and its report is being made.
        var isOver = false
    }

    /// The number of attempts that may have a slot at a time.
    let capacity: Int
    private let limits: EngineLimits
    private var entries: [AttemptKey: Entry] = [:]
    // Counted here and not at each question: every change of the runner's state has each waiting attempt ask again.
    /// Of the attempts, those whose simulations have not ended.
    private var present = 0
    /// Of those, the ones with a slot.
    private var running = 0
    /// Of the attempts, those with a slot or with one behind them, by engine.
    private var started: [String?: Int] = [:]
    /// The recent duration of simulations; nil before the first.
    private var pace: Duration?

    private static let longestAhead: Duration = .seconds(1)

    init(capacity: Int, limits: EngineLimits) {
        self.capacity = limits.capacity(capacity)
        self.limits = limits
    }

    subscript(key: AttemptKey) -> Attempt? { entries[key]?.attempt }

    var keys: Set<AttemptKey> { Set(entries.keys) }

    var attempts: [Attempt] { entries.values.map(\.attempt) }

    var isEmpty: Bool { entries.isEmpty }

    /// The number of jobs that may still be claimed. If jobs are short, as many as can run are held ready, so that the next one
    /// need not be awaited when one ends; a longer job would wait here while another runner might have a free slot.
    var room: Int {
        let ahead = pace.map { $0 < Self.longestAhead } == true ? capacity : 0
        // Attempts whose reports are slow to be made do not accumulate without limit.
        return min(capacity + ahead - present, 2 * capacity + ahead - entries.count)
    }

    /// Whether any engine can start jobs.
    func canServe(without closed: Set<String>) -> Bool { limits.canServe(without: closed) }

    /// How many more jobs of each limited simulation type may be claimed; see `EngineLimits`.
    func typeSlots(without closed: Set<String>) -> [String: Int]? {
        let held = Dictionary(entries.values.compactMap { $0.engine.map { ($0, 1) } }, uniquingKeysWith: +)
        return limits.typeSlots(held: held, without: closed)
    }

    mutating func admit(_ attempt: Attempt) {
        remove(attempt.key)
        entries[attempt.key] = Entry(attempt: attempt, engine: limits.engine(for: attempt.simulationType))
        present += 1
    }

    /// Gives an admitted attempt a slot once the runner and its engine have a free one, or once it is stopped; nil while it has
    /// to wait because it was claimed ahead, or by a control plane without limits per engine.
    mutating func assignSlot(to attempt: Attempt, at now: ContinuousClock.Instant = .now) -> Void? {
        guard let entry = entries[attempt.key], entry.hasSlotSince == nil else { return () }
        let hasRoom = running < capacity
            && limits.hasRoom(for: attempt.simulationType, running: started[entry.engine, default: 0])
        guard hasRoom || attempt.isStopped else { return nil }
        entries[attempt.key]?.hasSlotSince = now
        running += 1
        started[entry.engine, default: 0] += 1
        return ()
    }

    /// Records that no process of the attempt's simulation runs any more, which frees its slot.
    mutating func over(_ key: AttemptKey, at now: ContinuousClock.Instant = .now) {
        guard let entry = entries[key], let start = entry.hasSlotSince, !entry.isOver else { return }
        entries[key]?.isOver = true
        present -= 1
        running -= 1
        let duration = now - start
        pace = pace.map { ($0 * 7 + duration) / 8 } ?? duration
    }

    mutating func remove(_ key: AttemptKey) {
        guard let entry = entries.removeValue(forKey: key) else { return }
        if !entry.isOver { present -= 1 }
        guard entry.hasSlotSince != nil else { return }
        if !entry.isOver { running -= 1 }
        started[entry.engine, default: 0] -= 1
    }
}
