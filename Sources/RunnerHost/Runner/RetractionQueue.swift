import LynxModel

/// Retractions by engines that the control plane has not acknowledged. A pure state machine and part of `RunnerState`.
struct RetractionQueue: Sendable {
    private enum Progress: Sendable { case ready, underway, untilRegistered }

    private struct Entry: Sendable {
        var retraction: Retraction
        var progress = Progress.ready
        /// Whether results that depend on the basis wait, so that they are not accepted as final meanwhile.
        var holds = true
        var order: Int
    }

    private var entries: [String: Entry] = [:]
    /// The bases whose retraction was acknowledged during this process.
    private var done: Set<String> = []
    private var lastOrder = 0

    var count: Int { entries.count }

    /// The number of retractions that could be delivered now.
    var deliverable: Int { entries.values.count { $0.progress != .untilRegistered } }

    /// Whether the basis has been retracted before.
    func knows(_ basis: String) -> Bool { entries[basis] != nil || done.contains(basis) }

    mutating func add(_ retraction: Retraction) {
        guard !knows(retraction.basis) else { return }
        lastOrder += 1
        entries[retraction.basis] = Entry(retraction: retraction, order: lastOrder)
    }

    /// Whether a result that depends on `basis` waits until its retraction has been delivered.
    func holds(_ basis: String?) -> Bool { basis.flatMap { entries[$0] }?.holds ?? false }

    mutating func next() -> Retraction? {
        let ready = entries.values.filter { $0.progress == .ready }
        guard let entry = ready.min(by: { $0.order < $1.order }) else { return nil }
        entries[entry.retraction.basis]?.progress = .underway
        return entry.retraction
    }

    mutating func settled(_ retraction: Retraction) {
        entries[retraction.basis] = nil
        done.insert(retraction.basis)
    }

    /// Records that a retraction was not acknowledged: it is sent again after others, and only after the next registration if
    /// `isBlocked`.
    ///
    /// - Parameter isAnswered: whether the control plane responded and refused it. Results do not wait for it then.
    mutating func failed(_ retraction: Retraction, isAnswered: Bool, isBlocked: Bool) {
        lastOrder += 1
        entries[retraction.basis]?.order = lastOrder
        entries[retraction.basis]?.progress = isBlocked ? .untilRegistered : .ready
        if isAnswered { entries[retraction.basis]?.holds = false }
    }

    mutating func unblock() {
        for basis in entries.keys where entries[basis]?.progress == .untilRegistered { entries[basis]?.progress = .ready }
    }
}
