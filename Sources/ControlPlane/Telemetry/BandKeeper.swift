import LynxModel
import Synchronization

/// Keeps what was read for bands from one call to the next, the latest of them: a page asks for the same bands again and again while
/// a study runs, and again when its user comes back.
final class BandKeeper: Sendable {
    /// A reading that goes on; one call at a time is at work on it.
    private final class Entry: Sendable {
        let reading: Mutex<BandReading>
        let turns = AnalysisTurns()

        init(_ key: BandKey) { reading = Mutex(BandReading(key)) }
    }

    /// Each reading may hold 50 MB.
    private static let mostEntries = 4
    /// An answer is given after so long, complete or not.
    private static let patience = Duration.milliseconds(1200)

    private let ledger: Ledger
    /// The latest used last.
    private let entries = Mutex<[(key: BandKey, entry: Entry)]>([])
    /// Readings take a thread of the ledger's each, of which others are to have the rest.
    private let turns = AnalysisTurns()

    init(_ ledger: Ledger) { self.ledger = ledger }

    /// The bands, of all runs that have ended or of as many as could be read in the time.
    ///
    /// - Throws: `LedgerError.noSuchBatch`.
    func bands(_ key: BandKey) async throws -> TelemetryBands {
        let entry = entry(key)
        // Whoever waited for another's reading of the same finds it done.
        return try await entry.turns.withTurn {
            try await turns.withTurn {
                try await ledger.driver.read { connection in
                    let end = ContinuousClock.now + Self.patience
                    return try entry.reading.withLock { try $0.goOn(connection) { ContinuousClock.now >= end } }
                }
            }
        }
    }

    private func entry(_ key: BandKey) -> Entry {
        entries.withLock { entries in
            let place = entries.firstIndex { $0.key == key }
            let found: (key: BandKey, entry: Entry) = place.map { entries.remove(at: $0) } ?? (key, Entry(key))
            entries.append(found)
            if entries.count > Self.mostEntries { entries.removeFirst() }
            return found.entry
        }
    }
}
