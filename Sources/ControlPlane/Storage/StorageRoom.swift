import Synchronization

/// Which disks have had no room when this process last wrote to them.
final class StorageRoom: Sendable {
    enum Part: Hashable, Sendable {
        case ledger
        case artifacts
    }

    private struct State {
        var full: [Part: (place: String, seen: ContinuousClock.Instant)] = [:]
        /// Leases could not be renewed meanwhile.
        var owesLeases = false
    }

    /// Runners try again every few seconds. What nobody has tried for so long, nobody knows about.
    private static let memory = Duration.seconds(60)

    private let state = Mutex(State())

    /// - Returns: whether that is news.
    func noRoom(for part: Part, at place: String) -> Bool {
        state.withLock { state in
            let isNews = state.full[part] == nil
            state.full[part] = (place, .now)
            if part == .ledger { state.owesLeases = true }
            return isNews
        }
    }

    /// - Returns: whether that is news.
    func hasRoom(for part: Part) -> Bool {
        state.withLock { $0.full.removeValue(forKey: part) != nil }
    }

    /// For people: what holds everything up; nil if nothing does.
    var problem: String? {
        state.withLock { state in
            let now = ContinuousClock.now
            let full = [(Part.ledger, "the ledger"), (.artifacts, "the artifact store")].compactMap { part, name in
                state.full[part].flatMap { now - $0.seen < Self.memory ? "\(name) (\($0.place))" : nil }
            }
            return full.isEmpty ? nil : "no room on the disk of \(full.joined(separator: " and of ")); it goes on by itself when there is some"
        }
    }

    /// Whether the ledger could not be written to since this was last asked.
    func takeLeaseDebt() -> Bool {
        state.withLock { state in
            defer { state.owesLeases = false }
            return state.owesLeases
        }
    }

    func oweLeases() { state.withLock { $0.owesLeases = true } }
}
