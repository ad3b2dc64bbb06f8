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
