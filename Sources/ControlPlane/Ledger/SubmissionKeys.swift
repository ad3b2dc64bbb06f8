import FoundationEssentials
import LynxModel

/// What tells a repeated submission from a new one.
struct SubmissionKey: Hashable, Sendable {
    /// Chosen by the client; its tenant's own.
    var key: String
    /// Lower-case hexadecimal.
    var bodySHA256: String

    /// How long keys are kept, in milliseconds: two days.
    static let lifetime: Instant = 2 * 86_400_000
}

extension LedgerTransaction {
    /// Notes what a submission is answered with; of submissions that race with one key, one gets through.
    ///
    /// - Returns: nil for a new one, or else what the first was answered.
    /// - Throws: `LedgerError.submissionDiffers` if the key came with another body.
    func enter(_ once: SubmissionKey, tenant: String, receipt: BatchReceipt) throws -> BatchReceipt? {
        try connection.send(SQL.forgetIdempotencyKeys, [.instant(now - SubmissionKey.lifetime)])
        let answer = String(decoding: try WireJSON.encode(receipt), as: UTF8.self)
        let entered = try connection.run(
            SQL.enterIdempotencyKey, [.text(tenant), .text(once.key), .text(once.bodySHA256), .text(answer), .instant(now)])
        if entered == 1 { return nil }
        guard let row = try connection.row(SQL.idempotencyKey, [.text(tenant), .text(once.key)]) else {
            throw StorageError.unexpected("the idempotency key '\(once.key)' is there and is not")
        }
        guard try row.text("body_sha256") == once.bodySHA256 else { throw LedgerError.submissionDiffers(key: once.key) }
        return try WireJSON.decode(BatchReceipt.self, from: Data(try row.text("answer").utf8))
    }
}

extension SQL {
    /// Values: tenant, the key, the body's hash, the answer, the time.
    static let enterIdempotencyKey = """
        INSERT INTO idempotency_keys (tenant, idempotency_key, body_sha256, answer, created_at) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (tenant, idempotency_key) DO NOTHING
        """

    /// Values: tenant, the key.
    static let idempotencyKey = "SELECT body_sha256, answer FROM idempotency_keys WHERE tenant = ? AND idempotency_key = ?"

    /// Values: the time before which they are forgotten.
    static let forgetIdempotencyKeys = "DELETE FROM idempotency_keys WHERE created_at < ?"
}
