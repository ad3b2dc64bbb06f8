import Foundation
import Glibc
import LynxModel
import Testing
import TestSupport

/// Commands that work on the ledger itself, be it a file or a PostgreSQL database.
@Suite("With the ledger's database", .serialized, .timeLimit(.minutes(5)))
struct LedgerAccessTests {
    private struct Walk: Sendable {
        let directory: TemporaryDirectory
        let database: PostgresDatabase?

        init(postgres: Bool) throws {
            directory = try TemporaryDirectory()
            database = postgres ? try PostgresDatabase() : nil
        }

        var name: String { database?.url ?? "ledger.sqlite" }

        func lynxctl(_ arguments: String...) async throws -> Program.End { try await lynxctl(arguments) }

        func lynxctl(_ arguments: [String]) async throws -> Program.End {
            try await Program.run("lynxctl", arguments, in: directory.path)
        }

        /// With `--database`, for the tenant "lab".
        func onLedger(_ arguments: String...) async throws -> Program.End {
            try await lynxctl(arguments + ["--database", name, "--tenant", "lab"])
        }
    }

    private func tokens(_ end: Program.End) throws -> [TokenDescription] {
        #expect(end.exitCode == 0, "\(end.errors)")
        return try WireJSON.decode(TokenList.self, from: Data(end.output.utf8)).tokens
    }

    @Test("Tokens are made, listed and revoked on it beside a control plane that serves it, and through that", arguments: [false, true])
    func tokens(postgres: Bool) async throws {
        let walk = try Walk(postgres: postgres)
        let output = try EventPipe(walk.directory.file("serve"))
        let server = try Program.start(
            "lynxctl", ["serve", "--port", "0", "--database", walk.name, "--auth", "--behind-proxy"], in: walk.directory.path, output: output)
        let url = String(try await output.expect("control plane listening on")[0].split(separator: " ").last!)
        func ask(_ arguments: String...) async throws -> Program.End {
            try await walk.lynxctl(arguments + ["--control-plane", url, "--token-file", "admin.token"])
        }

        let made = try await walk.onLedger("token", "create", "--scope", "admin", "--name", "alice")
        #expect(made.exitCode == 0, "\(made.errors)")
        try walk.directory.write("admin.token", made.output)
        #expect(try await walk.onLedger("runner", "enroll", "--types", "basilisk").output.hasPrefix("lynx_enroll_"))
        let issued = try await ask("token", "create", "--scope", "read", "--name", "bob", "--json")
        let reader = try WireJSON.decode(IssuedToken.self, from: Data(issued.output.utf8))
        try walk.directory.write("reader.token", reader.secret)

        let beside = try tokens(try await walk.onLedger("token", "list", "--json"))
        #expect(beside.filter { $0.kind == .api }.map(\.name).sorted() == ["alice", "bob"])
        #expect(try tokens(try await ask("token", "list", "--json")) == beside)
        let table = try await ask("token", "list")
        #expect(table.outputLines.count == 4 && table.output.contains("any type") == false)
        #expect(!table.output.contains(reader.secret.suffix(43)))

        let read = ["status", "--control-plane", url, "--token-file", "reader.token"]
        #expect(try await walk.lynxctl(read).output == "no batches\n")
        #expect(try await walk.onLedger("token", "revoke", reader.token.tokenID).output == "token \(reader.token.tokenID) is revoked\n")
        let refused = try await walk.lynxctl(read)
        #expect(refused.exitCode == 2)
        #expect(refused.errors.contains("revoked"))
        #expect(try await ask("token", "list").output.contains("revoked"))
        #expect(try await ask("token", "revoke", "absent").exitCode == 2)
        #expect(try await walk.onLedger("runner", "revoke", "absent").exitCode == 2)
        let own = try #require(beside.first { $0.name == "alice" }).tokenID
        #expect(try await ask("token", "revoke", own).exitCode == 0)
        #expect(try await ask("token", "list").exitCode == 2)
        server.send(SIGTERM)
        #expect(try await server.end().exitCode == 0)
    }

    @Test("Its version is shown, and taken down and up again, by nobody while it is served", arguments: [false, true])
    func versions(postgres: Bool) async throws {
        let walk = try Walk(postgres: postgres)
        let none = try await walk.lynxctl("ledger", "version", "--database", walk.name)
        #expect(none.exitCode == 2)
        #expect(none.errors.contains("there is no ledger in"))
        let output = try EventPipe(walk.directory.file("serve"))
        let server = try Program.start("lynxctl", ["serve", "--port", "0", "--database", walk.name], in: walk.directory.path, output: output)
        try await output.expect("control plane listening on")
        let version = try await walk.lynxctl("ledger", "version", "--database", walk.name).output
        let current = try #require(version.split(separator: " ").first.flatMap { Int($0) })
        #expect(version == "\(current) (this program: \(current))\n")
        let busy = try await walk.lynxctl("ledger", "migrate", "--database", walk.name, "--to", "1")
        #expect(busy.exitCode == 2)
        server.send(SIGTERM)
        #expect(try await server.end().exitCode == 0)

        for (arguments, words) in [
            (["migrate", "--to", "\(current - 1)"], "from version \(current) to \(current - 1)\n"), (["version"], "\(current - 1) (this program: \(current))\n"),
            (["migrate"], "from version \(current - 1) to \(current)\n"), (["migrate"], "already at version \(current)\n"),
        ] {
            let end = try await walk.lynxctl(["ledger"] + arguments + ["--database", walk.name])
            #expect(end.output == words, "\(end.errors)")
        }
        #expect(try await walk.lynxctl("ledger", "migrate", "--database", walk.name, "--to", "99").exitCode == 2)
    }
}
