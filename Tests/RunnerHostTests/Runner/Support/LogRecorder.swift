import Logging
import LynxModel

@testable import RunnerHost

/// Keeps what is logged.
final class LogRecorder: Sendable {
    struct Entry: Sendable {
        var level: Logger.Level
        var message: String
        var metadata: [String: String]
    }

    private let monitor = Monitor<[Entry]>([])

    var entries: [Entry] { monitor.with { $0 } }

    func first(_ message: String) -> Entry? { entries.first { $0.message == message } }

    func wait(for message: String) async throws {
        try await wait { $0.contains { $0.message == message } }
    }

    func wait(until condition: @escaping @Sendable ([Entry]) -> Bool) async throws { try await monitor.reach(condition) }

    var logger: Logger { Logger(label: "test") { _ in Handler(recorder: self) } }

    private struct Handler: LogHandler {
        let recorder: LogRecorder
        var logLevel = Logger.Level.trace
        var metadata: Logger.Metadata = [:]

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let merged = metadata.merging(event.metadata ?? [:]) { $1 }.mapValues { "\($0)" }
            let entry = Entry(level: event.level, message: "\(event.message)", metadata: merged)
            recorder.monitor.with { $0.append(entry) }
        }
    }
}

extension [LogRecorder.Entry] {
    /// Why attempts were stopped from outside.
    var stops: [AttemptKey: String] {
        reduce(into: [:]) { stops, entry in
            guard entry.message == "stop requested", let job = entry.metadata["job"], let attempt = entry.metadata["attempt"].flatMap({ Int($0) })
            else { return }
            stops[AttemptKey(jobID: job, attempt: attempt)] = entry.metadata["reason"]
        }
    }
}
