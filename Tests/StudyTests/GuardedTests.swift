import Foundation
import Glibc
import LynxModel
import TestSupport
import Testing

@Suite("A control plane that asks who calls, over TLS", .timeLimit(.minutes(5)))
struct GuardedTests {
    private static let scenario = """
        tell("started", run, attempt)
        wait()
        """

    @Test("A runner enrols itself and completes a study; its credential is renewed; no log holds a secret")
    func wholeStudy() async throws {
        let study = try StudyFixture(Self.scenario, runs: 3)
        // Renewed each second and a half.
        let server = try await GuardedServer.start(study, credentialMinutes: 0.05)
        let log = try EventPipe(study.directory.path + "/runner-err")
        let runner = try await server.startRunner("--log-level", "debug", errors: log)
        try await log.expect("registered")
        let first = try credential(server)
        #expect(try mode(server.stateFile("credential")) == 0o600)

        let submitted = try await server.ask("submit", "batch.yaml", "--json")
        let batch = try WireJSON.decode(BatchReceipt.self, from: Data(submitted.output.utf8)).batchID
        try await study.events.expect("started", count: 2)
        try await log.expect("credential renewed", count: 2)
        study.gate.open(for: 3)
        let end = try await server.ask("status", batch, "--watch", "--json")
        #expect(try WireJSON.decode(BatchOverview.self, from: Data(end.output.utf8)).batch.status == .completed)
        let last = try credential(server)
        #expect(first != last)

        // To another tenant there is no such batch, and no runner.
        try await server.makeToken(tenant: "other", file: "other.token")
        let other = study.directory.path + "/other.token"
        let foreign = try await server.ask("status", batch, token: other)
        #expect(foreign.exitCode == 2)
        #expect(foreign.errors.contains("there is no batch '\(batch)'"))
        #expect(try await server.ask("runners", token: other).output.hasPrefix("no runners"))

        runner.send(SIGTERM)
        #expect(try await runner.end().exitCode == 0)
        server.program.send(SIGTERM)
        #expect(try await server.program.end().exitCode == 0)
        let logged = (log.drain() + server.errors.drain()).joined(separator: "\n")
        let secrets = try [first, last] + ["admin.token", "other.token", "enroll.token"].map(study.directory.read)
        #expect(logged.contains("runner enrolled"))
        for secret in secrets {
            let text = secret.filter { !$0.isWhitespace }
            #expect(text.hasPrefix("lynx_"))
            #expect(!logged.contains(text.suffix(43)))
        }
    }

    @Test("Revoked, a runner stops its simulations, keeps its spool and says so; enrolled anew it delivers and works again")
    func revoked() async throws {
        let study = try StudyFixture(Self.scenario, runs: 1)
        let server = try await GuardedServer.start(study)
        let runner = try await server.startRunner()
        let submitted = try await server.ask("submit", "batch.yaml", "--json")
        let batch = try WireJSON.decode(BatchReceipt.self, from: Data(submitted.output.utf8)).batchID
        try await study.events.expect("started 0 1")

        #expect(try await server.ask("runner", "revoke", try server.runnerID()).exitCode == 0)
        let end = try await runner.end()
        #expect(end.exitCode == 1)
        #expect(end.errorLines.last?.contains("has revoked this runner") == true, "\(end.errors)")
        #expect(await study.lifeline.ended())
        let jobs = try await server.ask("jobs", batch, "--json")
        #expect(try WireJSON.decode([String: [Job]].self, from: Data(jobs.output.utf8))["jobs"]?.map(\.status) == [.pending])
        let spooled = try FileManager.default.contentsOfDirectory(atPath: server.stateFile("spool")).filter { !$0.hasSuffix(".spare") }
        #expect(spooled.count == 1)
        #expect(!FileManager.default.fileExists(atPath: server.stateFile("credential")))

        // The token was good once.
        let again = try await study.start(
            "runner-host",
            [
                "--config", "runner.yaml", "--control-plane", server.url, "--control-plane-ca-file", server.certificates.authority,
                "--enrollment-token-file", "enroll.token",
            ]
        ).end()
        #expect(again.exitCode == 1)

        let renewed = try await server.startRunner()
        try await study.events.expect("started 0 2")
        study.gate.open()
        let status = try await server.ask("status", batch, "--watch", "--json")
        #expect(try WireJSON.decode(BatchOverview.self, from: Data(status.output.utf8)).batch.status == .completed)
        renewed.send(SIGTERM)
        #expect(try await renewed.end().exitCode == 0)
    }

    @Test("SIGHUP has a new certificate served to new connections; a bad one is logged, and changes nothing")
    func reload() async throws {
        let study = try StudyFixture(Self.scenario, runs: 1)
        let server = try await GuardedServer.start(study)
        let (certificates, port) = (server.certificates, try #require(server.url.split(separator: ":").last))
        func serial() async throws -> String {
            let script = "openssl s_client -connect 127.0.0.1:\(port) -CAfile \(certificates.authority) </dev/null 2>/dev/null | openssl x509 -noout -serial"
            return try await Program.run("/bin/sh", ["-c", script]).output.filter { !$0.isWhitespace }
        }
        #expect(try await serial() == "serial=01")
        try await certificates.renew(serial: 2)
        server.program.send(SIGHUP)
        try await server.errors.expect("certificate loaded")
        #expect(try await serial() == "serial=02")

        try study.directory.write("server.key", "no key")
        server.program.send(SIGHUP)
        try await server.errors.expect("the certificate in use is kept")
        #expect(try await serial() == "serial=02")
        #expect(try await server.ask("runners").exitCode == 0)

        let old = try await Program.run("openssl", ["s_client", "-connect", "127.0.0.1:\(port)", "-tls1_1"])
        #expect(old.exitCode != 0)
    }

    @Test("What may not be listened on, and what is no certificate, is one line and code 2", arguments: [
        (["--host", "0.0.0.0"], "add --auth"), (["--host", "0.0.0.0", "--auth"], "--tls-certificate"),
        (["--tls-certificate", "absent.pem"], "go together"),
        (["--auth", "--tls-certificate", "absent.pem", "--tls-key", "absent.key"], "absent.pem"),
        (["--auth", "--behind-proxy", "--tls-certificate", "a", "--tls-key", "b"], "not both"),
        (["--auth", "--credential-minutes", "0"], "credential"),
    ])
    func refused(arguments: [String], words: String) async throws {
        let directory = try TemporaryDirectory()
        let end = try await Program.run("lynxctl", ["serve", "--port", "0"] + arguments, in: directory.path)
        #expect(end.exitCode == 2)
        #expect(end.errors.contains(words), "\(end.errors)")
        #expect(end.output.isEmpty)
    }

    private func credential(_ server: GuardedServer) throws -> String {
        let data = try Data(contentsOf: URL(filePath: server.stateFile("credential")))
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])["secret"] as? String ?? ""
    }

    private func mode(_ path: String) throws -> mode_t {
        var status = stat()
        guard stat(path, &status) == 0 else { throw CocoaError(.fileReadNoSuchFile) }
        return status.st_mode & 0o777
    }
}
