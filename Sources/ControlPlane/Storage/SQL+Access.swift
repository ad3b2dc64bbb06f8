extension SQL {
    // Credentials

    static let insertCredential = """
        INSERT INTO credentials (credential_id, kind, tenant, name, secret_sha256, scopes, runner_id, allowed_types, capabilities,
            created_at, expires_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """

    static let credential = "SELECT * FROM credentials WHERE credential_id = ?"

    /// API and enrolment tokens; values: tenant.
    static let tokens = """
        SELECT * FROM credentials WHERE tenant = ? AND kind <> 'runner' ORDER BY created_at DESC, credential_id DESC
        """

    /// Values: the time, credential_id, tenant.
    static let revokeToken = """
        UPDATE credentials SET revoked_at = COALESCE(revoked_at, ?) WHERE credential_id = ? AND tenant = ? AND kind <> 'runner'
        """

    /// Values: runner_id, the time, credential_id.
    static let useEnrollment = "UPDATE credentials SET runner_id = ?, first_used_at = ? WHERE credential_id = ?"

    static let credentialsOfRunner = "SELECT * FROM credentials WHERE runner_id = ? AND kind = 'runner'"

    static let deleteCredentialsOfRunner = "DELETE FROM credentials WHERE runner_id = ? AND kind = 'runner'"

    /// Values: the time, runner_id, tenant.
    static let revokeCredentialsOfRunner = """
        UPDATE credentials SET revoked_at = COALESCE(revoked_at, ?) WHERE runner_id = ? AND tenant = ? AND kind = 'runner'
        """

    static let firstUse = "UPDATE credentials SET first_used_at = ? WHERE credential_id = ?"

    /// Values: runner_id, the credential_id that stays.
    static let deleteReplacedCredentials = "DELETE FROM credentials WHERE runner_id = ? AND kind = 'runner' AND credential_id <> ?"

    // Tenants

    static let tenantOfBatch = "SELECT tenant FROM batches WHERE batch_id = ?"

    /// A runner is known from its enrolment on, also if it never registered. Values: runner_id twice.
    static let tenantOfRunner = """
        SELECT tenant FROM runners WHERE runner_id = ?
        UNION SELECT tenant FROM credentials WHERE runner_id = ? AND kind = 'runner'
        """

    /// Values: the time twice, runner_id.
    static let revokeRunner = """
        UPDATE runners SET revoked_at = COALESCE(revoked_at, ?), left_at = COALESCE(left_at, ?) WHERE runner_id = ?
        """

    static let pardonRunner = "UPDATE runners SET revoked_at = NULL WHERE runner_id = ?"
}
