import Logging
import Synchronization

@testable import ControlPlane

/// Keeps what is logged, for whoever waits for it.
final class RecordedLog: Sendable {
    struct Entry: Sendable {
        var level: Logger.Level
        var message: String
        var metadata: [String: String]
    }

    private let kept = Mutex<[Entry]>([])
    private let changes = Bell()

    var entries: [Entry] { kept.withLock { $0 } }

    /// Returns the first entry that satisfies `condition`, once there is one.
    func first(where condition: (Entry) -> Bool) async -> Entry {
        while true {
            let strokes = changes.strokes
            if let entry = entries.first(where: condition) { return entry }
            await changes.wait(after: strokes)
        }
    }

    var logger: Logger { Logger(label: "test") { _ in Handler(log: self) } }

    private struct Handler: LogHandler {
        let log: RecordedLog
        var logLevel = Logger.Level.info
        var metadata: Logger.Metadata = [:]

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let merged = metadata.merging(event.metadata ?? [:]) { $1 }.mapValues { "\($0)" }
            log.kept.withLock { $0.append(Entry(level: event.level, message: "\(event.message)", metadata: merged)) }
            log.changes.ring()
        }
    }
}
