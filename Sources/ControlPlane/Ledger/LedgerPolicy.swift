/// The numbers that the ledger decides by.
struct LedgerPolicy: Hashable, Sendable {
    var leaseMilliseconds: Instant = 30_000
    var maxLostAttempts = 3
    var maxRunsPerBatch = 1_000_000
}
