import FoundationEssentials
import Glibc
import Hummingbird
import HummingbirdTesting
import LynxModel
import NIOCore
import TestSupport
import Testing

@testable import ControlPlane

@Suite("Uploads of files", .serialized)
struct UploadTests {
    private func plane(_ driver: TestDriver = .sqlite, quota: Int64? = nil) throws -> TestControlPlane {
        try TestControlPlane(driver) { ArtifactConfiguration(databasePath: $0, quotaBytes: quota) }
    }

    /// The kept contents, as paths in the test's directory.
    private func blobs(_ plane: TestControlPlane) throws -> [String] {
        let root = "artifacts/blobs/default"
        guard FileManager.default.fileExists(atPath: plane.directory.file(root)) else { return [] }
        return try plane.directory.names(root).flatMap { folder in
            try plane.directory.names("\(root)/\(folder)").map { "\(root)/\(folder)/\($0)" }
        }
    }

    @Test("Files and logs that a runner uploads are listed and read back", arguments: TestDriver.allCases)
    func upload(driver: TestDriver) async throws {
        let plane = try plane(driver)
        try await plane.test { client in
            let job = try await client.batch().jobs[0]
            try await client.upload(job, [("summary.json", "{}"), ("deep/er/a b.csv", "t,x\n0,1\n")], logs: [("stdout.log", "hello\n")])
            let list: ArtifactList = try await client.get("/jobs/\(job.jobID)/artifacts")
            #expect(list.artifacts.map(\.path) == ["deep/er/a b.csv", "summary.json", "stdout.log"])
            #expect(list.artifacts.allSatisfy { $0.available && $0.attempt == 1 && $0.location == nil })
            let file = try await client.call(.get, "/jobs/\(job.jobID)/artifacts/deep/er/a%20b.csv")
            #expect(String(buffer: file.body) == "t,x\n0,1\n")
            let log = try await client.call(.get, "/jobs/\(job.jobID)/logs/stdout")
            #expect(String(buffer: log.body) == "hello\n")
            let none = try await client.problem(.get, "/jobs/\(job.jobID)/logs/stderr", status: 404)
            #expect(none.detail?.contains("has printed nothing") == true)
        }
        let kept = try blobs(plane)
        #expect(kept.count == 3)
        for path in kept {
            var status = stat()
            try #require(lstat(plane.directory.file(path), &status) == 0)
            #expect(status.st_mode & 0o777 == 0o600)
        }
        #expect(try plane.directory.names("artifacts/uploads/default") == [])
    }

    @Test("What the tenant has already is not asked for again", arguments: TestDriver.allCases)
    func deduplicated(driver: TestDriver) async throws {
        let plane = try plane(driver)
        try await plane.test { client in
            let jobs = try await client.batch(runs: 2).jobs
            try await client.upload(jobs[0], [("a", "same"), ("b", "same")])
            let again = try await client.announce(jobs[1], [.sample("c", "same"), .sample("d", "other")])
            #expect(again.uploads.map(\.sha256) == ["other".sha256])
            let file = try await client.call(.get, "/jobs/\(jobs[1].jobID)/artifacts/c")
            #expect(String(buffer: file.body) == "same")
        }
        #expect(try blobs(plane).count == 1)
    }

    @Test("An upload cut off goes on where it was, also with the files of a control plane that was killed")
    func resumed() async throws {
        let directory = try TemporaryDirectory()
        let content = String(repeating: "0123456789", count: 1000)
        let first = try TestControlPlane(directory: directory) { ArtifactConfiguration(databasePath: $0) }
        let job = try await first.test { client in
            let job = try await client.batch().jobs[0]
            _ = try await client.announce(job, [.sample("x", content)])
            let part: ArtifactProgress = try (try await client.put(job, content.sha256, String(content.prefix(4321)))).decode()
            #expect(part == ArtifactProgress(offset: 4321, complete: false))
            return job
        }
        let copy = try TemporaryDirectory()
        for name in try directory.names() where !name.hasSuffix(".lock") && !name.hasSuffix("-shm") {
            try FileManager.default.copyItem(atPath: directory.file(name), toPath: copy.file(name))
        }
        try await TestControlPlane(directory: copy) { ArtifactConfiguration(databasePath: $0) }.test { client in
            let needed = try await client.announce(job, [.sample("x", content)])
            #expect(needed.uploads == [.init(sha256: content.sha256, offset: 4321)])
            let wrong: ArtifactProgress = try (try await client.put(job, content.sha256, "x", offset: 4000)).decode()
            #expect(wrong == ArtifactProgress(offset: 4321, complete: false))
            let rest: ArtifactProgress = try (try await client.put(job, content.sha256, String(content.dropFirst(4321)), offset: 4321)).decode()
            #expect(rest.complete)
            let file = try await client.call(.get, "/jobs/\(job.jobID)/artifacts/x")
            #expect(String(buffer: file.body) == content)
        }
    }

    @Test("Bytes that are not what was announced are not kept")
    func wrongContent() async throws {
        let plane = try plane()
        try await plane.test { client in
            let job = try await client.batch().jobs[0]
            _ = try await client.announce(job, [.sample("x", "right")])
            let wrong = try await client.put(job, "right".sha256, "wrong")
            #expect(try wrong.problem(status: 422).title == "Wrong content")
            let more = try await client.put(job, "right".sha256, "right and more")
            #expect(try more.problem(status: 413).title == "Too much")
            // A damaged beginning costs another try from the beginning.
            _ = try await client.put(job, "right".sha256, "RI")
            let answer: ArtifactProgress = try (try await client.put(job, "right".sha256, "ght", offset: 2)).decode()
            #expect(answer == ArtifactProgress(offset: 0, complete: false))
            let list: ArtifactList = try await client.get("/jobs/\(job.jobID)/artifacts")
            #expect(list.artifacts.map(\.available) == [false])
            let early = try await client.problem(.get, "/jobs/\(job.jobID)/artifacts/x", status: 404)
            #expect(early.detail?.contains("being uploaded") == true)
        }
        #expect(try blobs(plane) == [])
    }

    @Test("Only the attempt that holds the job may upload", arguments: TestDriver.allCases)
    func fenced(driver: TestDriver) async throws {
        try await plane(driver).test { client in
            let job = try await client.batch().jobs[0]
            let manifest = ArtifactManifest(runnerID: "r2", attempt: 1, files: [.sample("x", "x")])
            _ = try await client.problem(.post, "/runner/v1/jobs/\(job.jobID)/artifacts", manifest, status: 409)
            let unannounced = try await client.put(job, "x".sha256, "x")
            #expect(try unannounced.problem(status: 409).detail?.contains("announced no file") == true)
            _ = try await client.announce(job, [.sample("x", "x")])
            let foreign = try await client.put(job, "x".sha256, "x", runner: "r2")
            #expect(try foreign.problem(status: 409).title == "Stale attempt")
            try await client.report(job)
            let late = try await client.put(job, "x".sha256, "x")
            #expect(try late.problem(status: 409).title == "Stale attempt")
        }
    }

    @Test(
        "A manifest that would name files outside, or elsewhere, is refused",
        arguments: ["", "/etc/passwd", "../x", "a/../b", "a//b", "./a", "a/", "a\0b"])
    func unsafePaths(path: String) async throws {
        try await plane().test { client in
            let job = try await client.batch().jobs[0]
            let manifest = ArtifactManifest(runnerID: "r1", attempt: 1, files: [.sample(path, "x")])
            let problem = try await client.problem(.post, "/runner/v1/jobs/\(job.jobID)/artifacts", manifest, status: 422)
            #expect(problem.errors?.map(\.field) == ["files[0].path"])
            let elsewhere = ArtifactManifest(runnerID: "r1", attempt: 1, files: [.sample("x", "x", location: "s3://other/x")])
            let other = try await client.problem(.post, "/runner/v1/jobs/\(job.jobID)/artifacts", elsewhere, status: 422)
            #expect(other.errors?.map(\.field) == ["files[0].location"])
        }
    }

    @Test("Past its quota a tenant's files are refused for good, and what it has already is not", arguments: TestDriver.allCases)
    func quota(driver: TestDriver) async throws {
        try await plane(driver, quota: 10).test { client in
            let jobs = try await client.batch(runs: 2).jobs
            try await client.upload(jobs[0], [("a", "12345678")])
            let manifest = ArtifactManifest(runnerID: "r1", attempt: 1, files: [.sample("b", "abc")])
            let problem = try await client.problem(.post, "/runner/v1/jobs/\(jobs[1].jobID)/artifacts", manifest, status: 413)
            #expect(problem.title == "Over quota")
            try await client.upload(jobs[1], [("a", "12345678")])
        }
    }

    @Test("A control plane without a store says so, and refuses nothing")
    func noStore() async throws {
        try await TestControlPlane().test { client in
            let job = try await client.batch().jobs[0]
            let answer = try await client.announce(job, [.sample("x", "x")])
            #expect(answer == ArtifactRequirements(accepted: false))
        }
    }
}
