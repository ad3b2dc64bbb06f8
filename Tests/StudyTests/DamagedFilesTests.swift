import Foundation
import Glibc
import LynxModel
import TestSupport
import Testing

@Suite("Stored files that are damaged, from the user's side", .timeLimit(.minutes(5)))
struct DamagedFilesTests {
    private static let scenario = """
        with open(output + "/same.txt", "w") as file:
            file.write("the same in every run\\n")
        with open(output + f"/own.txt", "w") as file:
            file.write(f"run {run}\\n")
        with open(output + "/big.bin", "wb") as file:
            file.write(bytes([run]) * (9 << 20))
        """

    private struct Damage: Decodable {
        var kind: String
        var files: [String]
        var uses: Int
    }

    private struct Verification: Decodable {
        var contents: Int
        var damaged: [Damage]
    }

    private func lynxctl(_ study: StudyFixture, _ arguments: String...) async throws -> Program.End {
        try await Program.run("lynxctl", arguments, in: study.directory.path)
    }

    /// The stored content of a file of the run's output directory.
    private func blob(_ study: StudyFixture, _ document: StudyDocument, _ run: Int, _ path: String) throws -> String {
        let artifact = try #require(try document.result(run).artifacts.first { $0.path == path })
        let folder = "artifacts/blobs/default/\(artifact.sha256.prefix(2))"
        let name = try #require(try study.directory.names(folder).first { $0.hasPrefix(artifact.sha256) })
        return study.directory.file("\(folder)/\(name)")
    }

    @Test("verify names what is missing, short or altered; download says it of each file and fetches the others; running it again mends it")
    func wholeWay() async throws {
        let study = try StudyFixture(Self.scenario, runs: 3)
        let server = try await ControlPlaneServer.start(study)
        let runner = try server.startRunner()
        let batch = try await server.submit()
        let document = try await server.results(of: batch)
        let verify = ["artifacts", "verify", "--database", "ledger.sqlite"]
        let sound = try await Program.run("lynxctl", verify, in: study.directory.path)
        #expect(sound.exitCode == 0, "\(sound.errors)")
        #expect(sound.output.hasPrefix("7 stored contents of ") && sound.output.hasSuffix(": all sound\n"))

        try FileManager.default.removeItem(atPath: try blob(study, document, 0, "own.txt"))
        #expect(truncate(try blob(study, document, 1, "big.bin"), 1 << 20) == 0)
        for (run, path) in [(0, "same.txt"), (2, "big.bin")] {
            let file = try FileHandle(forWritingTo: URL(filePath: try blob(study, document, run, path)))
            try file.write(contentsOf: Data("XX".utf8))
            try file.close()
        }
        let found = try await Program.run("lynxctl", verify + ["--json"], in: study.directory.path)
        #expect(found.exitCode == 1)
        let verification = try JSONDecoder().decode(Verification.self, from: Data(found.output.utf8))
        #expect(verification.contents == 7)
        #expect(verification.damaged.map(\.kind).sorted() == ["missing", "wrong_hash", "wrong_hash", "wrong_length"])
        #expect(verification.damaged.map(\.uses).sorted() == [1, 1, 1, 3])
        #expect(verification.damaged.contains { $0.files == ["\(batch)-0 attempt 1 own.txt"] && $0.kind == "missing" })
        let text = try await Program.run("lynxctl", verify, in: study.directory.path)
        #expect(text.outputLines.count == 5 && text.outputLines[4].hasSuffix(": 1 missing, 1 of the wrong length, 2 with the wrong SHA-256"))

        let partly = try await lynxctl(study, "artifacts", "download", batch, "--to", "got", "--control-plane", server.url)
        #expect(partly.exitCode == 3)
        #expect(partly.output.hasPrefix("3 files, "))
        for (file, words) in [
            ("\(batch)-0 own.txt", "is missing"), ("\(batch)-1 big.bin", "has 1048576 bytes instead of 9437184"),
            ("\(batch)-2 big.bin", "has another SHA-256 than it should"), ("\(batch)-1 same.txt", "has another SHA-256 than it should"),
        ] {
            #expect(partly.errorLines.contains { $0.contains(file) && $0.contains("File damaged") && $0.contains(words) }, "\(partly.errors)")
        }
        #expect(!partly.errors.contains("cannot reach"))

        let again = try await server.submit()
        #expect(try await server.results(of: again).batch.status == .completed)
        let mended = try await Program.run("lynxctl", verify, in: study.directory.path)
        #expect(mended.exitCode == 0, "\(mended.output)")
        let whole = try await lynxctl(study, "artifacts", "download", batch, "--to", "got", "--control-plane", server.url)
        #expect(whole.exitCode == 0, "\(whole.errors)")
        #expect(whole.output.hasPrefix("6 files, "))
        try await endOrderly(runner, server)
    }

    @Test("verify also reads buckets, and says what it cannot read")
    func buckets() async throws {
        let moto = try await MotoServer.start()
        try await moto.makeBucket("lynx-runs")
        let environment: [String: String?] = [
            "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_ENDPOINT_URL_S3": moto.endpoint,
        ]
        let study = try StudyFixture(Self.scenario, runs: 1, telemetry: "{storage: {s3_bucket: lynx-runs}}")
        let server = try await ControlPlaneServer.start(study, environment: environment)
        let runner = try server.startRunner(environment: environment)
        let batch = try await server.submit()
        _ = try await server.results(of: batch)
        let verify = ["artifacts", "verify", "--database", "ledger.sqlite"]
        let sound = try await Program.run("lynxctl", verify, in: study.directory.path, environment: environment)
        #expect(sound.exitCode == 0 && sound.output.hasPrefix("3 stored contents of "), "\(sound.output) \(sound.errors)")
        // What is there already is changed only by somebody who signs.
        let change = """
            import boto3, sys
            store = boto3.client("s3", endpoint_url=sys.argv[1], region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
            store.put_object(Bucket="lynx-runs", Key=sys.argv[2], Body=b"x")
            """
        let changed = try await Program.run(Repository.python, ["-c", change, moto.endpoint, "\(batch)/\(batch)-0/attempt-1/own.txt"])
        #expect(changed.exitCode == 0, "\(changed.errors)")
        let found = try await Program.run("lynxctl", verify, in: study.directory.path, environment: environment)
        #expect(found.exitCode == 1 && found.output.contains("own.txt: has 1 bytes instead of 6"), "\(found.output)")
        let download = try await lynxctl(study, "artifacts", "download", batch, "--to", "got", "--control-plane", server.url)
        #expect(download.exitCode == 3 && download.errors.contains("has 1 bytes instead of 6"), "\(download.errors)")
        let unread = try await Program.run(
            "lynxctl", verify, in: study.directory.path, environment: environment.merging(["AWS_ENDPOINT_URL_S3": "http://127.0.0.1:1"]) { $1 })
        #expect(unread.exitCode == 3 && unread.output.hasSuffix("3 that cannot be read\n"), "\(unread.output)")
        try await endOrderly(runner, server)
    }

    @Test("verify of a ledger that is not there makes none", arguments: ["nosuch.sqlite", "empty/ledger.sqlite"])
    func noLedger(path: String) async throws {
        let study = try StudyFixture(Self.scenario, runs: 1)
        let end = try await lynxctl(study, "artifacts", "verify", "--database", path)
        #expect(end.exitCode == 2 && end.errorLines.count == 1)
        #expect(!FileManager.default.fileExists(atPath: study.directory.file(path)))
    }
}
