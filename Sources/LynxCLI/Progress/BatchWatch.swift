import LynxModel

/// Follows a batch to its end through the API.
package struct BatchWatch: Sendable {
    private let api: APIClient
    private let batchID: String

    /// Between two looks while jobs end, and while nothing happens.
    private static let shortest = Duration.milliseconds(200)
    private static let longest = Duration.seconds(1)
    private static let mostFailures = 5

    package init(api: APIClient, batchID: String) {
        self.api = api
        self.batchID = batchID
    }

    /// Returns when every job is terminal.
    ///
    /// - Throws: `CLIError` when the control plane stays out of reach, `CancellationError`.
    package func run(_ show: (ProgressSnapshot) -> Void) async throws {
        let begin = ContinuousClock.now
        var finishedBefore: Int?
        var last: ProgressSnapshot?
        var pause = Self.shortest
        var failures = 0
        while true {
            do {
                let overview = try await api.overview(of: batchID)
                failures = 0
                var snapshot = ProgressSnapshot(
                    overview, elapsed: (ContinuousClock.now - begin) / .seconds(1), finishedBefore: finishedBefore ?? 0)
                snapshot.finishedBefore = finishedBefore ?? snapshot.finished
                finishedBefore = snapshot.finishedBefore
                show(snapshot)
                if overview.batch.status.isTerminal { return }
                let quiet = last.map { $0.finished == snapshot.finished && $0.running == snapshot.running } ?? false
                pause = quiet ? min(pause * 2, Self.longest) : Self.shortest
                last = snapshot
            } catch let error as CLIError where error.exitCode == ExitStatus.unavailable {
                failures += 1
                guard failures < Self.mostFailures else { throw error }
                pause = Self.longest
            }
            try await Task.sleep(for: pause)
        }
    }
}
