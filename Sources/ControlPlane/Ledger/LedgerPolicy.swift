/// The numbers that the ledger decides by.
struct LedgerPolicy: Hashable, Sendable {
    var leaseMilliseconds: Instant = 30_000
    var maxLostAttempts = 3
    var maxRunsPerBatch = 1_000_000
    /// Of compressed chunks; what a run thins to its bound of points stays far below.
    var telemetryBytesPerAttempt = 512 << 20
    var telemetryChunksPerAttempt = 100_000
}
