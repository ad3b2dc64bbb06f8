import Foundation
import TestSupport

/// An authority and certificates that it signed for this machine, made with openssl.
struct Certificates: Sendable {
    let directory: String

    var authority: String { directory + "/ca.pem" }
    var certificate: String { directory + "/server.pem" }
    var key: String { directory + "/server.key" }

    init(in directory: String) async throws {
        self.directory = directory
        try await openssl("req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=authority -keyout ca.key -out ca.pem")
        try await renew(serial: 1)
    }

    /// Replaces the server's certificate and key by others.
    func renew(serial: Int) async throws {
        try "subjectAltName=DNS:localhost,IP:127.0.0.1\n".write(toFile: directory + "/names", atomically: true, encoding: .utf8)
        try await openssl("req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout server.key -out server.csr")
        try await openssl(
            "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -set_serial \(serial) -days 2 -extfile names -out server.pem")
    }

    private func openssl(_ arguments: String) async throws {
        let end = try await Program.run("openssl", arguments.split(separator: " ").map(String.init), in: directory)
        guard end.exitCode == 0 else { throw Failed(description: end.errors) }
    }

    struct Failed: Error, CustomStringConvertible { var description: String }
}
