/// The numbers that the ledger decides by.
struct LedgerPolicy: Hashable, Sendable {
    var leaseMilliseconds: Instant = 30_000
    /// A job is given up when more than so many of its attempts were lost. No fewer than the incidents of a runner, so that
    /// one that loses everything is out of the pool before it has cost a job its life.
    var maxLostAttempts = 5
    /// So many incidents of a runner in a row, without an attempt that ended as attempts do, put it into quarantine.
    var mostIncidents = 5
    var maxRunsPerBatch = 1_000_000
    /// Of compressed chunks; what a run thins to its bound of points stays far below.
    var telemetryBytesPerAttempt = 512 << 20
    var telemetryChunksPerAttempt = 100_000
}
