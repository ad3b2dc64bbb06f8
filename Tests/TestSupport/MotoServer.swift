/// moto's S3 server in a process of its own, which dies with this object.
package final class MotoServer: Sendable {
    package let endpoint: String
    /// Of a key that may do everything; any other does too unless signatures are checked.
    package let accessKeyID: String
    package let secretAccessKey: String
    private let program: Program
    private let directory: TemporaryDirectory

    private init(endpoint: String, accessKeyID: String, secretAccessKey: String, program: Program, directory: TemporaryDirectory) {
        self.endpoint = endpoint
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.program = program
        self.directory = directory
    }

    /// - Parameter checksSignatures: moto answers whoever asks unless it is told to ask who that is.
    package static func start(checksSignatures: Bool = false) async throws -> MotoServer {
        let directory = try TemporaryDirectory()
        let events = try EventPipe(directory.file("events"))
        let program = try Program.start(
            Repository.python,
            [Repository.path("Tests/TestSupport/moto_server.py"), events.path] + (checksSignatures ? ["--check-signatures"] : []),
            environment: ["PYTHONDONTWRITEBYTECODE": "1"])
        let port = try await events.expect("port ")[0].dropFirst(5)
        let key = events.seen("key").first?.split(separator: " ").map(String.init) ?? ["test", "secret"]
        return MotoServer(
            endpoint: "http://127.0.0.1:\(port)", accessKeyID: key[0], secretAccessKey: key[1], program: program, directory: directory)
    }

    /// Takes no signature: for a server that does not check them.
    package func makeBucket(_ name: String) async throws {
        _ = try await Program.run(
            Repository.python,
            ["-c", "import sys, urllib.request as r; r.urlopen(r.Request(sys.argv[1], method='PUT', data=b''))", "\(endpoint)/\(name)"])
    }
}
