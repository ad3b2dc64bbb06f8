import ArgumentParser
import ControlPlane
import LynxModel

/// For commands that manage who may do what: over the API, within the tenant of the caller's token, or on the ledger's
/// database, which whoever can open it may do for any tenant.
struct AccessOptions: ParsableArguments {
    @OptionGroup var controlPlane: ControlPlaneOptions

    @Option(
        help: ArgumentHelp(
            "Work on this ledger, an SQLite file or the URL of a PostgreSQL database, instead of asking a control plane; one may be serving it meanwhile.",
            valueName: "path|url"))
    var database: String?

    @Option(help: ArgumentHelp("With --database: the tenant (default: \(Tenant.standard)).", valueName: "name"))
    var tenant: String?

    func validate() throws {
        if tenant != nil, database == nil {
            throw ValidationError("--tenant goes with --database: over the API the tenant is that of your token.")
        }
        if let tenant, !Tenant.isName(tenant) {
            throw ValidationError("--tenant '\(tenant)' is no name of a tenant: give 1 to 64 of the characters A-Z a-z 0-9 - _ .")
        }
    }

    /// Runs one of the two.
    func perform<Value>(
        onLedger: (LedgerOperator, _ tenant: String) async throws -> Value, overAPI: (APIClient) async throws -> Value
    ) async throws -> Value {
        guard let database else { return try await controlPlane.withAPI(overAPI) }
        let ledger: LedgerOperator
        do {
            ledger = try LedgerOperator(databasePath: database)
        } catch {
            throw CLIError.badInput("\(error)")
        }
        defer { try? ledger.close() }
        do {
            return try await onLedger(ledger, tenant ?? Tenant.standard)
        } catch let problem as Problem {
            throw CLIError.badInput(problem.detail ?? problem.title)
        }
    }

    /// Prints a new secret alone on standard output, to be redirected into a file, and what it is on standard error.
    func show(_ issued: IssuedToken, _ note: String) throws {
        if controlPlane.json { return try JSONOutput.print(issued) }
        OutputStream.standard.line(issued.secret)
        OutputStream.error.line(note)
    }
}
