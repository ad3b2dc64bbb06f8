import Foundation
import Glibc
import LynxModel
import TestSupport
import Testing

@Suite("The files of a study, from the simulation to the user", .timeLimit(.minutes(5)))
struct ArtifactTests {
    private static let scenario = """
        os.makedirs(output + "/deep")
        with open(output + "/deep/run.txt", "w") as file:
            file.write(f"run {run}\\n")
        with open(output + "/big.bin", "wb") as file:
            file.write(bytes([run]) * (3 << 20))
        print("hello from run", run)
        """

    private func wait(for batch: String, _ server: ControlPlaneServer) async throws {
        let end = try await server.results(of: batch)
        #expect(end.batch.completedJobs == end.batch.totalJobs)
        #expect(end.results.allSatisfy { $0.metadata.warnings == [] })
    }

    private func lynxctl(_ study: StudyFixture, _ server: ControlPlaneServer, _ arguments: String...) async throws -> Program.End {
        try await Program.run("lynxctl", arguments + ["--control-plane", server.url], in: study.directory.path)
    }

    @Test("Files and logs are uploaded, listed, downloaded once, and collected") func wholeWay() async throws {
        let study = try StudyFixture(Self.scenario, runs: 3)
        let server = try await ControlPlaneServer.start(study)
        let runner = try server.startRunner()
        let batch = try await server.submit()
        try await wait(for: batch, server)
        // Nothing is left where it was made: what is downloaded comes from the control plane.
        try FileManager.default.removeItem(atPath: study.outputRoot + "/" + batch)

        let list = try await lynxctl(study, server, "artifacts", "list", batch)
        #expect(list.outputLines.count == 10)
        let first = try await lynxctl(study, server, "artifacts", "download", batch, "--to", "got/here", "--parallel", "3")
        #expect(first.exitCode == 0, "\(first.errors)")
        #expect(first.output.hasPrefix("9 files, "))
        for run in 0..<3 {
            #expect(try study.directory.read("got/here/\(batch)-\(run)/output/deep/run.txt") == "run \(run)\n")
            #expect(try study.directory.read("got/here/\(batch)-\(run)/stdout.log") == "hello from run \(run)\n")
        }
        try study.directory.write("got/here/\(batch)-1/output/big.bin", "damaged")
        let again = try await lynxctl(study, server, "artifacts", "download", batch, "--to", "got/here")
        #expect(again.output.hasPrefix("1 file, \(3 << 20) bytes"))
        #expect(again.output.contains("8 were there already"))

        let log = try await lynxctl(study, server, "logs", "\(batch)-2")
        #expect(log.output == "hello from run 2\n")
        let none = try await lynxctl(study, server, "logs", "\(batch)-2", "--stderr")
        #expect(none.exitCode == 2)
        #expect(none.errorLines.count == 1)
        let collected = try await lynxctl(study, server, "gc", "--dry-run")
        #expect(collected.output.contains("0 stored contents of 0 bytes would be removed"))
        runner.send(SIGTERM)
        #expect(try await runner.end().exitCode == 0)
    }

    @Test("A batch with a bucket has its files there, and they are read back through the control plane") func bucket() async throws {
        let moto = try await MotoServer.start()
        let study = try StudyFixture(Self.scenario, runs: 2, telemetry: "{storage: {s3_bucket: lynx-runs, s3_prefix: orbit}}")
        try await moto.makeBucket("lynx-runs")
        let environment: [String: String?] = [
            "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_ENDPOINT_URL_S3": moto.endpoint,
        ]
        let server = try await ControlPlaneServer.start(study, environment: environment)
        let runner = try server.startRunner(environment: environment)
        let batch = try await server.submit()
        try await wait(for: batch, server)
        let end = try await lynxctl(study, server, "artifacts", "download", batch, "--to", "got")
        #expect(end.output.hasPrefix("6 files, "), "\(end.errors)")
        #expect(try study.directory.read("got/\(batch)-1/output/deep/run.txt") == "run 1\n")
        let list = try await lynxctl(study, server, "artifacts", "list", batch)
        #expect(list.output.contains("s3://lynx-runs/orbit/\(batch)/\(batch)-0/attempt-1/deep/run.txt"))
        runner.send(SIGTERM)
        #expect(try await runner.end().exitCode == 0)
    }
}
