import LynxModel

/// Follows a batch to its end through the API: by its events, or by looking again and again where there are none.
package struct BatchWatch: Sendable {
    private let api: APIClient
    private let batchID: String
    private let maxOutage: Duration

    /// Between two looks while jobs end, and while nothing happens.
    private static let shortest = Duration.milliseconds(200)
    private static let longest = Duration.seconds(1)

    /// - Parameter maxOutage: how long the control plane may be away at a time.
    package init(api: APIClient, batchID: String, maxOutage: Duration) {
        self.api = api
        self.batchID = batchID
        self.maxOutage = maxOutage
    }

    /// Returns when every job is terminal.
    ///
    /// - Parameter note: called with a line that says what the jobs wait for while nothing goes on, once for each reason, and
    ///   that the control plane is away and waited for, and that it is back.
    /// - Throws: `CLIError` when the control plane stays away, `CancellationError`.
    package func run(note: @escaping @Sendable (String) -> Void = { _ in }, _ show: (ProgressSnapshot) -> Void) async throws {
        var progress = Progress()
        var outage = Outage(limit: maxOutage, url: api.baseURL, note: note)
        while true {
            do {
                let end = try await api.follow(batchID) { overview in
                    outage.ended()
                    if let reason = progress.obstacle(overview) { note(reason) }
                    show(progress.snapshot(overview))
                }
                switch end {
                case .batchEnded: return
                case .unsupported: return try await poll(&progress, &outage, note, show)
                case .broken: try outage.failed(.unavailable("the control plane at \(api.baseURL) hung up"))
                }
            } catch let error as CLIError where error.exitCode == ExitStatus.unavailable {
                try outage.failed(error)
            }
            try await Task.sleep(for: Outage.pause)
        }
    }

    private func poll(
        _ progress: inout Progress, _ outage: inout Outage, _ note: (String) -> Void, _ show: (ProgressSnapshot) -> Void
    ) async throws {
        var last: ProgressSnapshot?
        var pause = Self.shortest
        while true {
            let overview = try await outage.bridge { try await api.overview(of: batchID) }
            if let reason = progress.obstacle(overview) { note(reason) }
            let snapshot = progress.snapshot(overview)
            show(snapshot)
            if overview.batch.status.isTerminal { return }
            let quiet = last.map { $0.finished == snapshot.finished && $0.running == snapshot.running } ?? false
            pause = quiet ? min(pause * 2, Self.longest) : Self.shortest
            last = snapshot
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
