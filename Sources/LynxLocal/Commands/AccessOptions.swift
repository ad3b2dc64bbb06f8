import ArgumentParser
import ControlPlane
import Glibc
import LynxCLI
import LynxCommands
import LynxModel
import Support

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

}

/// Where a new secret goes.
struct SecretOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Write the secret to this file, which only you may read, instead of to standard output.", valueName: "file"))
    var output: String?

    /// Before there is a secret: whether it can be kept.
    func check(_ access: AccessOptions) throws {
        guard let output else { return }
        if access.controlPlane.json { throw CLIError.badInput("--output and --json exclude each other") }
        do { try OutputFile.check(output) } catch { throw CLIError.badInput("--output: \(CLIError(wrapping: error).lines.joined())") }
    }

    /// Hands out a new secret alone, to the file or to standard output, and what it is to standard error.
    func show(_ issued: IssuedToken, _ note: String, _ access: AccessOptions) throws {
        if let output {
            do {
                try OutputFile.replace(output, with: issued.secret + "\n", isSecret: true)
            } catch {
                let lost = "the secret is lost: 'lynxctl token revoke \(issued.token.tokenID)' ends the token"
                throw CLIError.unavailable("\(CLIError(wrapping: error).lines.joined()); \(lost)")
            }
        } else {
            if access.controlPlane.json { try JSONOutput.print(issued) } else { OutputStream.standard.line(issued.secret) }
            warnOfReaders()
        }
        if !access.controlPlane.json {
            OutputStream.error.line(
                "\(note); \(output.map { "it is in \($0), which only you can read" } ?? "keep it in a file that only you can read")")
        }
    }

    /// A shell makes the files that it redirects to readable for everybody.
    private func warnOfReaders() {
        guard let status = FileStatus(descriptor: STDOUT_FILENO), status.isRegular, status.permissions & 0o077 != 0 else { return }
        let mode = "0" + String(status.permissions, radix: 8)
        OutputStream.error.line(
            "warning: others may read the file that this secret is now in (mode \(mode)): use --output FILE, or 'umask 077' before")
    }
}
