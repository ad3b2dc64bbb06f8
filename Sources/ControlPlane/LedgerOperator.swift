public import LynxModel

/// What whoever can open the ledger's database may do to it, also while a control plane serves it: make the first token,
/// and look after tokens and runners when the API can't be reached.
///
/// Everything is one short transaction. A control plane sees it at its next call; one that waits for work that a
/// revocation set free finds it when its wait ends.
public final class LedgerOperator: Sendable {
    let ledger: Ledger

    /// - Throws: `StorageError` for a ledger that can't be used.
    public init(databasePath: String) throws {
        ledger = Ledger(driver: try LedgerDatabase.open(databasePath, alone: false))
    }

    public func close() throws { try ledger.driver.close() }

    /// - Throws: a `Problem` that says what is wrong with the request; so do the others.
    public func createToken(_ request: TokenRequest, tenant: String) async throws -> IssuedToken {
        try request.check()
        return try await explained { try await $0.createToken(request, tenant: tenant) }
    }

    public func createEnrollment(_ request: EnrollmentRequest, tenant: String) async throws -> IssuedToken {
        try request.check()
        return try await explained { try await $0.createEnrollment(request, tenant: tenant) }
    }

    /// API and enrolment tokens, newest first.
    public func tokens(tenant: String) async throws -> [TokenDescription] { try await explained { try await $0.tokens(tenant: tenant) } }

    public func revokeToken(_ id: String, tenant: String) async throws {
        try await explained { try await $0.revokeToken(id, tenant: tenant) }
    }

    public func revokeRunner(_ id: String, tenant: String) async throws {
        try await explained { try await $0.revokeRunner(id, tenant: tenant) }
    }

    private func explained<Value>(_ body: (Ledger) async throws -> Value) async throws -> Value {
        do {
            return try await body(ledger)
        } catch {
            throw Problem(describing: error) ?? error
        }
    }
}
