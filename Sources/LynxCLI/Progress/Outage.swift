import FoundationEssentials
import LynxModel

/// Keeps whoever waits for a batch waiting while the control plane is away, for so long and no longer.
package struct Outage: Sendable {
    /// Between two tries.
    static let pause = Duration.seconds(1)
    /// Shorter ones are not worth a line.
    private static let quiet = Duration.seconds(2)

    private let limit: Duration
    private let url: String
    private let note: @Sendable (String) -> Void
    private var since: (instant: ContinuousClock.Instant, date: Date)?
    private var isTold = false

    /// - Parameters:
    ///   - limit: how long the control plane may be away at a time.
    ///   - note: told once that it is waited for, and once that it is back.
    package init(limit: Duration, url: String, note: @escaping @Sendable (String) -> Void) {
        self.limit = limit
        self.url = url
        self.note = note
    }

    /// - Throws: the error, once the control plane has been away for too long.
    package mutating func failed(_ error: CLIError, at now: ContinuousClock.Instant = .now) throws {
        guard let since else {
            since = (now, Date())
            // Without patience the first failure is the last.
            if limit <= .zero { throw error }
            return
        }
        let away = now - since.instant
        guard away < limit else {
            throw CLIError(
                error.lines + ["waited for it since \(WireJSON.timestamp(since.date)), as long as --max-outage says"], exitCode: error.exitCode)
        }
        guard !isTold, away >= min(Self.quiet, limit / 2) else { return }
        isTold = true
        let end = WireJSON.timestamp(since.date.addingTimeInterval(limit / .seconds(1)))
        note("waiting for the control plane at \(url), since \(WireJSON.timestamp(since.date)), until \(end) at most: \(error.reason)")
    }

    package mutating func ended() {
        if isTold { note("the control plane at \(url) is back") }
        since = nil
        isTold = false
    }

    /// Asks until there is an answer.
    ///
    /// - Throws: `CLIError` for a refusal, or when the control plane stays away; `CancellationError`.
    package mutating func bridge<Value>(_ ask: () async throws -> Value) async throws -> Value {
        while true {
            do {
                let value = try await ask()
                ended()
                return value
            } catch let error as CLIError where error.exitCode == ExitStatus.unavailable {
                try failed(error)
            }
            try await Task.sleep(for: Self.pause)
        }
    }
}
