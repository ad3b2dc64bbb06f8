import LynxModel

/// Follows a batch to its end through the API: by its events, or by looking again and again where there are none.
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
    /// - Parameter note: called with a line that says what the jobs wait for while nothing goes on, once for each reason.
    /// - Throws: `CLIError` when the control plane stays out of reach, `CancellationError`.
    package func run(note: (String) -> Void = { _ in }, _ show: (ProgressSnapshot) -> Void) async throws {
        var progress = Progress()
        var failures = 0
        while true {
            do {
                let end = try await api.follow(batchID) { overview in
                    failures = 0
                    if let reason = progress.obstacle(overview) { note(reason) }
                    show(progress.snapshot(overview))
                }
                switch end {
                case .batchEnded: return
                case .unsupported: return try await poll(&progress, note, show)
                case .broken: failures += 1
                }
                guard failures < Self.mostFailures else { throw CLIError.unavailable("the control plane hangs up again and again") }
            } catch let error as CLIError where error.exitCode == ExitStatus.unavailable {
                failures += 1
                guard failures < Self.mostFailures else { throw error }
            }
            try await Task.sleep(for: Self.longest)
        }
    }

    private func poll(_ progress: inout Progress, _ note: (String) -> Void, _ show: (ProgressSnapshot) -> Void) async throws {
        var last: ProgressSnapshot?
        var pause = Self.shortest
        var failures = 0
        while true {
            do {
                let overview = try await api.overview(of: batchID)
                failures = 0
                if let reason = progress.obstacle(overview) { note(reason) }
                let snapshot = progress.snapshot(overview)
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

    /// What the rate is reckoned from, and what has been told.
    private struct Progress {
        private let begin = ContinuousClock.now
        private var finishedBefore: Int?
        private var told: String?

        /// What keeps the batch from going on, if it has not been told. That other jobs are running is nothing to be told.
        mutating func obstacle(_ overview: BatchOverview) -> String? {
            let isStill = overview.count(.running) + overview.count(.claimed) == 0
            guard let reason = overview.unroutable ?? (isStill ? overview.pendingReason : nil), reason != told else { return nil }
            told = reason
            return overview.unroutable == nil ? "its jobs wait: \(reason)" : "its waiting jobs can't be run: \(reason)"
        }

        mutating func snapshot(_ overview: BatchOverview) -> ProgressSnapshot {
            var snapshot = ProgressSnapshot(
                overview, elapsed: (ContinuousClock.now - begin) / .seconds(1), finishedBefore: finishedBefore ?? 0)
            snapshot.finishedBefore = finishedBefore ?? snapshot.finished
            finishedBefore = snapshot.finishedBefore
            return snapshot
        }
    }
}
