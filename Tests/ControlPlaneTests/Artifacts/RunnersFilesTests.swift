import Foundation
import Hummingbird
import HummingbirdTesting
import LynxModel
import TestSupport
import Testing

@testable import ControlPlane

@Suite("Files of jobs where their runner left them")
struct RunnersFilesTests {
    private static func result(_ directory: String, _ paths: [String], outputs: String? = nil) -> JobResult {
        let metadata = ResultMetadata(
            runID: "b-0/attempt-1", runIndex: 0, attempt: 1, simulationName: "s", simulationVersion: "1", engine: "e", engineVersion: "1",
            runnerID: "r", outcome: .success, directory: directory)
        return JobResult(
            jobID: "b-0", success: true, executionTimeSecs: 1, outputFiles: paths.map { "\(outputs ?? directory + "/output")/\($0)" },
            artifacts: paths.map { Artifact(path: $0, sizeBytes: 1, sha256: String(repeating: "0", count: 64), mediaType: "text/html") },
            telemetryData: [:], metadata: metadata)
    }

    private static func folder() throws -> TemporaryDirectory {
        let folder = try TemporaryDirectory()
        try folder.write("output/page.html", "<script>alert(1)</script>")
        try folder.write("output/sub/a b.txt", "0123456789")
        try folder.write("stdout.log", "first\nlast\n")
        try folder.write("stderr.log", "")
        try folder.write("secret", "s")
        return folder
    }

    @Test("What the result lists is there, and the logs that are not empty") func listed() throws {
        let folder = try Self.folder()
        let files = RunnersFiles(Self.result(folder.path, ["page.html", "sub/a b.txt", "gone.txt"]), attempt: 1)
        #expect(files.listed.map(\.path) == ["page.html", "sub/a b.txt", "gone.txt", "stdout.log"])
        #expect(files.listed.map(\.available) == [true, true, false, true])
        #expect(files.file(.output, "secret") == nil && files.file(.output, "stdout.log") == nil)
    }

    @Test("No name leads out of the folder, and no link is followed") func hostile() throws {
        let folder = try Self.folder()
        try FileManager.default.createSymbolicLink(atPath: folder.file("output/link"), withDestinationPath: folder.file("secret"))
        try FileManager.default.createSymbolicLink(atPath: folder.file("output/up"), withDestinationPath: folder.path)
        let hostile = ["../secret", "sub/../../secret", "/etc/passwd", "", ".", "sub//a b.txt", "link", "up/secret", "sub"]
        let files = RunnersFiles(Self.result(folder.path, hostile), attempt: 1)
        #expect(files.files.filter { $0.artifact.kind == .output }.allSatisfy { $0.open() == nil })
        #expect(RunnersFiles(Self.result("relative", ["page.html"]), attempt: 1).files.isEmpty)
    }

    @Test("They are served as stored ones are: in parts, and with what keeps a browser from running them") func served() async throws {
        let folder = try Self.folder()
        let database = try TemporaryDirectory()
        for reads in [true, false] {
            var configuration = ControlPlaneConfiguration(port: 0, databasePath: database.file("\(reads).sqlite"))
            configuration.readsRunnersFiles = reads
            let plane = try ControlPlane(configuration: configuration, clock: ManualClock(), logger: .quiet)
            try await plane.application().test(.router) { client in
                let _: BatchReceipt = try await client.post("/jobs", TestLedger.submission(runs: 1), status: .created)
                try await client.register()
                let job = try await client.claim().jobs[0]
                var report = TestLedger.report(job, .success)
                let left = Self.result(folder.path, ["page.html", "sub/a b.txt"])
                report.result.artifacts = left.artifacts
                report.result.outputFiles = left.outputFiles
                report.result.metadata.directory = folder.path
                #expect(try await client.call(.post, "/runner/v1/jobs/\(job.jobID)/result", report).status == .noContent)

                let list: ArtifactList = try await client.get("/jobs/\(job.jobID)/artifacts")
                let page = try await client.call(.get, "/jobs/\(job.jobID)/artifacts/page.html")
                guard reads else {
                    #expect(list.artifacts.isEmpty && page.status == .notFound)
                    return
                }
                #expect(list.artifacts.map(\.path) == ["page.html", "sub/a b.txt", "stdout.log"])
                #expect(page.headers[.contentType] == "text/html")
                #expect(page.headers[.contentSecurityPolicy] == "sandbox; default-src 'none'")
                #expect(page.headers[.contentDisposition]?.hasPrefix("attachment; ") == true)
                #expect(page.headers[.xContentTypeOptions] == "nosniff")
                let path = "/jobs/\(job.jobID)/artifacts/sub/a%20b.txt"
                let part = try await client.call(.get, path, headers: [.range: "bytes=2-4"])
                #expect(part.status == .partialContent && String(buffer: part.body) == "234")
                let tag = try #require(part.headers[.eTag])
                #expect(try await client.call(.get, path, headers: [.ifNoneMatch: tag]).status == .notModified)
                #expect(try await client.call(.get, path, headers: [.range: "bytes=10-"]).status == .rangeNotSatisfiable)
                let log = try await client.call(.get, "/jobs/\(job.jobID)/logs/stdout", headers: [.range: "bytes=-5"])
                #expect(String(buffer: log.body) == "last\n")
                for none in ["secret", "..%2Fsecret", "sub", "stderr.log"] {
                    #expect(try await client.call(.get, "/jobs/\(job.jobID)/artifacts/\(none)").status == .notFound, "\(none)")
                }
            }
        }
    }
}
