import Foundation
import LynxModel
import TestSupport

/// `lynxctl serve --auth` over TLS, whose first token was made on the ledger.
struct GuardedServer: Sendable {
    let program: Program
    let url: String
    let study: StudyFixture
    let certificates: Certificates
    /// Everything that it logs.
    let errors: EventPipe
    /// The file of an admin token of the tenant "lab".
    let admin: String

    static func start(_ study: StudyFixture, credentialMinutes: Double = 60) async throws -> GuardedServer {
        let directory = study.directory.path
        let certificates = try await Certificates(in: directory)
        let output = try EventPipe(directory + "/serve-out"), errors = try EventPipe(directory + "/serve-err")
        let program = try study.start(
            "lynxctl",
            [
                "serve", "--port", "0", "--database", "ledger.sqlite", "--auth", "--tls-certificate", certificates.certificate,
                "--tls-key", certificates.key, "--credential-minutes", "\(credentialMinutes)",
            ], output: output, errors: errors)
        let line = try await output.expect("control plane listening on ")[0]
        let server = GuardedServer(
            program: program, url: String(line.split(separator: " ").last!), study: study, certificates: certificates, errors: errors,
            admin: directory + "/admin.token")
        try await server.makeToken(tenant: "lab", file: "admin.token")
        return server
    }

    /// An admin token made on the ledger, beside the server.
    func makeToken(tenant: String, file: String) async throws {
        let end = try await Program.run(
            "lynxctl", ["token", "create", "--database", "ledger.sqlite", "--tenant", tenant, "--scope", "admin", "--name", "test"],
            in: study.directory.path)
        guard end.exitCode == 0 else { throw Certificates.Failed(description: end.errors) }
        try study.directory.write(file, end.output)
    }

    /// `lynxctl` with the admin's token, unless another file is named.
    func ask(_ arguments: String..., token: String? = nil) async throws -> Program.End {
        try await Program.run(
            "lynxctl",
            arguments + ["--control-plane", url, "--ca-file", certificates.authority, "--token-file", token ?? admin],
            in: study.directory.path)
    }

    /// A runner that enrols itself with a new token.
    func startRunner(_ arguments: String..., errors: EventPipe? = nil) async throws -> Program {
        let token = try await ask("runner", "enroll", "--types", "basilisk")
        try study.directory.write("enroll.token", token.output)
        return try study.start(
            "runner-host",
            [
                "--config", "runner.yaml", "--control-plane", url, "--control-plane-ca-file", certificates.authority,
                "--enrollment-token-file", "enroll.token",
            ] + arguments, errors: errors)
    }

    func stateFile(_ name: String) -> String { study.outputRoot + "/.runner/" + name }

    func runnerID() throws -> String {
        try String(contentsOfFile: stateFile("runner-id"), encoding: .utf8).filter { !$0.isWhitespace }
    }
}
