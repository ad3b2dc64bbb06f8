import LynxModel

/// Reports of ended attempts that the control plane has not acknowledged, in the order of delivery. A pure state machine and
/// part of `RunnerState`.
struct Outbox: Sendable {
    private enum Progress: Sendable { case ready, underway, untilRegistered }

    private struct Entry: Sendable {
        /// Reports are sent in this order; one whose delivery failed goes to the end.
        var order: Int
        var progress = Progress.ready
        /// The basis that the result depends on; nil if there is none.
        var basis: String?
        /// The report itself if it could not be spooled.
        var memory: SpooledReport?
        /// A copy of the spooled report, kept while only a few are waiting.
        var copy: SpooledReport?
        /// The registration under which the control plane replied that it does not know the report.
        var unknownIn: Int?
        /// The number of server errors in response to the report.
        var serverErrors = 0
        /// Whether the user has cancelled the job, so that its files are not sent any more.
        var isCancelled = false
    }

    private var entries: [AttemptKey: Entry] = [:]
    private var lastOrder = 0

    private static let mostCopies = 32
    private static let largestCopy = 64 << 10

    var keys: Set<AttemptKey> { Set(entries.keys) }

    var count: Int { entries.count }

    func holds(_ key: AttemptKey) -> Bool { entries[key] != nil }

    /// Whether it holds the report and is not just sending it.
    func isWaiting(_ key: AttemptKey) -> Bool { entries[key].map { $0.progress != .underway } ?? false }

    /// The attempts whose reports are sent before the next registration.
    var unblocked: [AttemptKey] { entries.filter { $0.value.progress != .untilRegistered }.map(\.key) }

    /// Adds a report that is in the spool, or in `memory` if spooling failed.
    ///
    /// - Parameter copy: the content of the spool, so that it need not be read again if it is delivered soon.
    mutating func add(_ key: AttemptKey, restsOn basis: String?, memory: SpooledReport? = nil, copy: SpooledReport? = nil) {
        lastOrder += 1
        let keepsCopy = entries.count < Self.mostCopies && (copy?.json.count ?? 0) <= Self.largestCopy
        entries[key] = Entry(order: lastOrder, basis: basis, memory: memory, copy: keepsCopy ? copy : nil)
    }

    /// Records that a report in memory has been spooled; returns false if it has been delivered in the meantime.
    mutating func spooled(_ key: AttemptKey) -> Bool {
        guard entries[key] != nil else { return false }
        entries[key]?.memory = nil
        return true
    }

    /// A report that is to be sent now.
    struct Delivery: Sendable {
        var key: AttemptKey
        /// The report if it is not in the spool; otherwise nil.
        var memory: SpooledReport?
        /// A copy of the spooled report; nil if it has to be read from the spool.
        var copy: SpooledReport?
        /// Whether it may go in one call with others.
        var mayJoin: Bool
        var turn: RunnerState.Turn
    }

    /// Begins to send the next report that `isFree` permits.
    mutating func next(
        mayJoin: Bool, _ turn: RunnerState.Turn, isFree: (_ key: AttemptKey, _ basis: String?) -> Bool
    ) -> Delivery? {
        let ready = entries.filter { $0.value.progress == .ready && isFree($0.key, $0.value.basis) }
        guard let (key, report) = ready.min(by: { $0.value.order < $1.value.order }) else { return nil }
        entries[key]?.progress = .underway
        entries[key]?.copy = nil
        return Delivery(key: key, memory: report.memory, copy: report.copy, mayJoin: mayJoin, turn: turn)
    }

    mutating func remove(_ key: AttemptKey) { entries[key] = nil }

    /// Records that the user has cancelled a job whose attempt has ended; returns false if no report is waiting or this is
    /// already known.
    mutating func cancel(_ key: AttemptKey) -> Bool {
        guard let entry = entries[key], !entry.isCancelled else { return false }
        entries[key]?.isCancelled = true
        return true
    }

    func isCancelled(_ key: AttemptKey) -> Bool { entries[key]?.isCancelled ?? false }

    /// Records that a report was not acknowledged: it is sent again after the others.
    ///
    /// The first registration does not wait for a report that the control plane cannot process, nor if a user has to act:
    /// registering then reports the reason.
    mutating func failed(_ key: AttemptKey, _ error: ControlPlaneError?, isRegistered: Bool) {
        guard entries[key] != nil else { return }
        lastOrder += 1
        entries[key]?.order = lastOrder
        entries[key]?.progress = .ready
        guard let error, !isRegistered else { return }
        if error.status == 500 { entries[key]?.serverErrors += 1 }
        if error.advice == .misconfigured || error.advice == .refused || entries[key]?.serverErrors == 3 { entries[key]?.progress = .untilRegistered }
    }

    /// Replaces the report; `memory` holds the new one if it could not be spooled.
    mutating func replaced(_ key: AttemptKey, memory: SpooledReport?) {
        if memory != nil { entries[key]?.memory = memory }
    }

    /// Records that the control plane does not know the report or this runner. Returns true if that was the reply under an
    /// earlier registration as well, so that registering does not help.
    mutating func unknown(_ delivery: Delivery) -> Bool {
        guard let entry = entries[delivery.key] else { return false }
        if let before = entry.unknownIn, before < delivery.turn.registration { return true }
        entries[delivery.key]?.unknownIn = delivery.turn.registration
        return false
    }

    /// Sends the report again, at once or after the next registration.
    mutating func again(_ key: AttemptKey, isBlocked: Bool) { entries[key]?.progress = isBlocked ? .untilRegistered : .ready }

    mutating func unblock() {
        for key in entries.keys where entries[key]?.progress == .untilRegistered { entries[key]?.progress = .ready }
    }
}
