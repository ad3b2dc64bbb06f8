/// moto's S3 server in a process of its own, which dies with this object.
package final class MotoServer: Sendable {
    package let endpoint: String
    private let program: Program
    private let directory: TemporaryDirectory

    private init(endpoint: String, program: Program, directory: TemporaryDirectory) {
        self.endpoint = endpoint
        self.program = program
        self.directory = directory
    }

    package static func start() async throws -> MotoServer {
        let directory = try TemporaryDirectory()
        let events = try EventPipe(directory.file("events"))
        let program = try Program.start(
            Repository.python, [Repository.path("Tests/TestSupport/moto_server.py"), events.path],
            environment: ["PYTHONDONTWRITEBYTECODE": "1"])
        let port = try await events.expect("port ")[0].dropFirst(5)
        return MotoServer(endpoint: "http://127.0.0.1:\(port)", program: program, directory: directory)
    }

    /// moto does not ask who calls, so that this takes no signature.
    package func makeBucket(_ name: String) async throws {
        _ = try await Program.run(
            Repository.python,
            ["-c", "import sys, urllib.request as r; r.urlopen(r.Request(sys.argv[1], method='PUT', data=b''))", "\(endpoint)/\(name)"])
    }
}
