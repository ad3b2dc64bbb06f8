package import LynxModel

/// How far a batch is, at one moment.
package struct ProgressSnapshot: Hashable, Sendable {
    package var total: Int
    package var completed: Int
    /// Failed and timed out.
    package var failed: Int
    package var cancelled: Int
    package var running: Int
    /// Seconds since this command began to watch.
    package var elapsed: Double
    /// Jobs that had ended before that; they say nothing of the present rate.
    package var finishedBefore: Int
    /// Why nothing goes on, in words; nil if nothing is in the way.
    package var holdup: String?

    package init(
        total: Int, completed: Int, failed: Int = 0, cancelled: Int = 0, running: Int = 0, elapsed: Double, finishedBefore: Int = 0
    ) {
        self.total = total
        self.completed = completed
        self.failed = failed
        self.cancelled = cancelled
        self.running = running
        self.elapsed = elapsed
        self.finishedBefore = finishedBefore
    }

    package init(_ overview: BatchOverview, elapsed: Double, finishedBefore: Int) {
        self.init(
            total: overview.batch.totalJobs, completed: overview.count(.completed),
            failed: overview.count(.failed) + overview.count(.timeout), cancelled: overview.count(.cancelled),
            running: overview.count(.running) + overview.count(.claimed), elapsed: elapsed, finishedBefore: finishedBefore)
        holdup = overview.storageProblem
    }

    package var finished: Int { completed + failed + cancelled }

    package var fraction: Double { total > 0 ? min(1, Double(finished) / Double(total)) : 1 }

    /// Jobs a minute; nil before the first one ended under watch.
    package var perMinute: Double? {
        let fresh = finished - finishedBefore
        return fresh > 0 && elapsed > 0 ? Double(fresh) / elapsed * 60 : nil
    }

    /// Seconds to the end at the rate so far.
    package var remaining: Double? {
        guard finished < total else { return nil }
        return perMinute.map { Double(total - finished) / $0 * 60 }
    }
}
