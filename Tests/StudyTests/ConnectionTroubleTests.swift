import Foundation
import Glibc
import LynxModel
import TestSupport
import Testing

@Suite("Connections that cannot be", .timeLimit(.minutes(5)))
struct ConnectionTroubleTests {
    @Test("What is wrong with the encryption is one plain line that says what to do, as is a port in use")
    func encryption() async throws {
        let study = try StudyFixture("", runs: 1)
        let server = try await GuardedServer.start(study)
        let port = String(server.url.split(separator: ":").last!)
        let other = try TemporaryDirectory()
        let foreign = try await Certificates(in: other.path)
        func ask(_ url: String, _ authority: String?) async throws -> String {
            let options = authority.map { ["--ca-file", $0] } ?? []
            let end = try await Program.run(
                "lynxctl", ["status", "--control-plane", url, "--token-file", server.admin] + options, in: study.directory.path)
            #expect(end.exitCode == 3 && end.errorLines.count == 1, "\(end)")
            return end.errors
        }
        #expect(
            try await ask(server.url, foreign.authority).contains(
                "is not signed by an authority in --ca-file \(foreign.authority); name the file"))
        #expect(try await ask(server.url, nil).contains("name the file of the one that signed it with --ca-file"))
        #expect(
            try await ask("http://127.0.0.1:\(port)", nil).contains(
                "what answers there speaks TLS; give its address as https://127.0.0.1:\(port)"))

        let taken = try await Program.run("lynxctl", ["serve", "--port", port, "--database", "other.sqlite"], in: study.directory.path)
        #expect(taken.exitCode == 3)
        #expect(taken.errors.contains("lynxctl: cannot listen on 127.0.0.1:\(port): the port is in use"))
        server.program.send(SIGTERM)
        _ = try await server.program.end()

        let expired = other.path + "/expired.pem"
        let made = try await Program.run(
            "openssl",
            "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -set_serial 9 -days -1 -extfile names -out expired.pem".split(separator: " ").map(String.init),
            in: other.path)
        #expect(made.exitCode == 0, "\(made.errors)")
        let output = try EventPipe(other.path + "/out")
        let late = try study.start(
            "lynxctl", ["serve", "--port", "0", "--database", "ledger.sqlite", "--auth", "--tls-certificate", expired, "--tls-key", foreign.key], output: output)
        let url = String(try await output.expect("listening on ")[0].split(separator: " ").last!)
        #expect(try await ask(url, foreign.authority).contains("its certificate expired at "))
        late.send(SIGTERM)
        _ = try await late.end()

        let plainOutput = try EventPipe(other.path + "/plain")
        let plain = try study.start("lynxctl", ["serve", "--port", "0", "--database", "plain.sqlite"], output: plainOutput)
        let plainURL = String(try await plainOutput.expect("listening on ")[0].split(separator: " ").last!)
        #expect(try await ask(plainURL.replacing("http:", with: "https:"), nil).contains("does not speak TLS; give its address as \(plainURL)"))
        plain.send(SIGTERM)
        _ = try await plain.end()
    }

    @Test("A secret goes to a file that only its owner may read; one that a shell made readable is warned of")
    func secrets() async throws {
        let directory = try TemporaryDirectory()
        let token = ["token", "create", "--database", "ledger.sqlite", "--scope", "admin", "--name", "a"]
        try directory.write("there.token", "old", mode: 0o644)
        for file in ["new.token", "there.token"] {
            let end = try await Program.run("lynxctl", token + ["--output", file], in: directory.path)
            #expect(end.exitCode == 0 && end.output.isEmpty, "\(end)")
            #expect(try directory.read(file).hasPrefix("lynx_"))
            #expect(try FileManager.default.attributesOfItem(atPath: directory.path + "/" + file)[.posixPermissions] as? Int == 0o600)
        }
        let redirected = "umask $0; '\(Repository.products)/lynxctl' \(token.joined(separator: " ")) > $1.token"
        let open = try await Program.run("/bin/sh", ["-c", redirected, "022", "open"], in: directory.path)
        #expect(open.errors.contains("others may read the file that this secret is now in (mode 0644)"), "\(open)")
        let closed = try await Program.run("/bin/sh", ["-c", redirected, "077", "closed"], in: directory.path)
        #expect(closed.exitCode == 0 && !closed.errors.contains("others may read"), "\(closed)")
        let nowhere = try await Program.run("lynxctl", token + ["--output", "no/such.token"], in: directory.path)
        #expect(nowhere.exitCode == 2, "\(nowhere)")
    }
}
