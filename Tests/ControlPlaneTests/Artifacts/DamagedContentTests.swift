import Foundation
import Glibc
import Hummingbird
import HummingbirdTesting
import LynxModel
import NIOCore
import ObjectStore
import TestSupport
import Testing

@testable import ControlPlane

@Suite("Stored files that are not what they were", .timeLimit(.minutes(5)))
struct DamagedContentTests {
    /// What may happen to a file of the store, and what is said of it.
    enum Damage: String, CaseIterable, Sendable {
        case missing, shorter, longer, altered

        var words: String {
            switch self {
            case .missing: "is missing"
            case .shorter: "has 5 bytes instead of 10"
            case .longer: "has 11 bytes instead of 10"
            case .altered: "has another SHA-256 than it should"
            }
        }

        /// What becomes of a content; nil for nothing.
        func apply(to content: String) -> String? {
            switch self {
            case .missing: nil
            case .shorter: String(content.prefix(content.utf8.count / 2))
            case .longer: content + "x"
            case .altered: "X" + content.dropFirst()
            }
        }
    }

    private func blobs(_ directory: TemporaryDirectory) throws -> [String] {
        let root = directory.file("artifacts/blobs/default")
        return try FileManager.default.subpathsOfDirectory(atPath: root).filter { $0.utf8.count > 64 }.map { "\(root)/\($0)" }
    }

    private func damage(_ damage: Damage, _ path: String, content: String) throws {
        guard let changed = damage.apply(to: content) else { return try FileManager.default.removeItem(atPath: path) }
        var status = stat()
        try #require(stat(path, &status) == 0)
        let file = try FileHandle(forWritingTo: URL(filePath: path))
        try file.truncate(atOffset: 0)
        try file.write(contentsOf: Data(changed.utf8))
        try file.close()
        // As a disk that lies would do it: nothing shows but the content.
        try #require(utimensat(AT_FDCWD, path, [status.st_atim, status.st_mtim], 0) == 0)
    }

    private func expectDamaged(_ client: any TestClientProtocol, _ path: String, _ words: String) async throws {
        for headers in [[:], [.range: "bytes=2-3"], [.range: "bytes=-1"]] as [HTTPFields] {
            let problem = try await client.problem(.get, path, headers: headers, status: 500)
            #expect(problem.title == "File damaged")
            #expect(problem.detail == "'a' cannot be read: what is stored of it \(words)")
        }
        #expect(try await client.call(.head, path).status == .internalServerError)
    }

    /// A damaged content is never served, is not taken for there when the same comes again, and is sound for all once it has come.
    private func walk(_ plane: TestControlPlane, words: String, damage: @escaping @Sendable () async throws -> Void) async throws {
        try await plane.test { client in
            let jobs = try await client.batch(runs: 2).jobs
            try await client.upload(jobs[0], [("a", "0123456789"), ("b", "other")])
            let path = "/jobs/\(jobs[0].jobID)/artifacts/a"
            try await damage()
            try await expectDamaged(client, path, words)
            #expect(String(buffer: try await client.call(.get, "/jobs/\(jobs[0].jobID)/artifacts/b").body) == "other")

            let again = try await client.announce(jobs[1], [.sample("c", "0123456789"), .sample("d", "other")])
            #expect(again.uploads == [.init(sha256: "0123456789".sha256, offset: 0)])
            let progress: ArtifactProgress = try (try await client.put(jobs[1], "0123456789".sha256, "0123456789")).decode()
            #expect(progress == ArtifactProgress(offset: 10, complete: true))
            for file in [path, "/jobs/\(jobs[1].jobID)/artifacts/c"] {
                #expect(String(buffer: try await client.call(.get, file).body) == "0123456789")
            }
            let settled = try await client.announce(jobs[1], [.sample("c", "0123456789")])
            #expect(settled.uploads == [])
        }
    }

    @Test("In a directory: it is said what is wrong, and the same content stored again mends it", arguments: Damage.allCases, [false, true])
    func directory(_ kind: Damage, restarted: Bool) async throws {
        let directory = try TemporaryDirectory()
        let plane = try TestControlPlane(directory: directory) { ArtifactConfiguration(databasePath: $0) }
        guard restarted else {
            try await walk(plane, words: kind.words) {
                let path = try blobs(directory).first { $0.contains("0123456789".sha256) }
                try damage(kind, try #require(path), content: "0123456789")
            }
            #expect(try blobs(directory).count == 2)
            return
        }
        // A control plane that has never read it.
        let jobs = try await plane.test { client in
            let jobs = try await client.batch(runs: 2).jobs
            try await client.upload(jobs[0], [("a", "0123456789")])
            return jobs
        }
        try damage(kind, try blobs(directory)[0], content: "0123456789")
        let copy = try TemporaryDirectory()
        for name in try directory.names() where !name.hasSuffix(".lock") && !name.hasSuffix("-shm") {
            do {
                try FileManager.default.copyItem(atPath: directory.file(name), toPath: copy.file(name))
            } catch where name.hasSuffix("-wal") {
                // The ledger was being closed, and has it all in itself now.
            }
        }
        try await TestControlPlane(directory: copy) { ArtifactConfiguration(databasePath: $0) }.test { client in
            let again = try await client.announce(jobs[1], [.sample("c", "0123456789")])
            #expect(again.uploads.map(\.sha256) == ["0123456789".sha256])
            try await expectDamaged(client, "/jobs/\(jobs[0].jobID)/artifacts/a", kind.words)
        }
    }

    @Test("A sound content is not asked for again by a control plane that has not read it")
    func sound() async throws {
        let directory = try TemporaryDirectory()
        let jobs = try await TestControlPlane(directory: directory) { ArtifactConfiguration(databasePath: $0) }.test { client in
            let jobs = try await client.batch(runs: 2).jobs
            try await client.upload(jobs[0], [("a", "0123456789")])
            return jobs
        }
        let copy = try TemporaryDirectory()
        for name in try directory.names() where !name.hasSuffix(".lock") && !name.hasSuffix("-shm") {
            do {
                try FileManager.default.copyItem(atPath: directory.file(name), toPath: copy.file(name))
            } catch where name.hasSuffix("-wal") {
                // The ledger was being closed, and has it all in itself now.
            }
        }
        try await TestControlPlane(directory: copy) { ArtifactConfiguration(databasePath: $0) }.test { client in
            let asked = try await client.announce(jobs[1], [.sample("c", "0123456789")]).uploads
            #expect(asked == [])
        }
    }

    @Test("A large file that turns out damaged while it is sent ends before its length, and the next call says why")
    func large() async throws {
        let directory = try TemporaryDirectory()
        let content = String(repeating: "0123456789", count: 1 << 20)
        let plane = try TestControlPlane(directory: directory) { ArtifactConfiguration(databasePath: $0) }
        let job = try await plane.test { client in
            let job = try await client.batch().jobs[0]
            try await client.upload(job, [("a", content)])
            let whole = try await client.call(.get, "/jobs/\(job.jobID)/artifacts/a")
            #expect(whole.body.readableBytes == content.utf8.count)
            return job
        }
        try damage(.altered, try blobs(directory)[0], content: content)
        let path = "/jobs/\(job.jobID)/artifacts/a"
        _ = try await plane.controlPlane.application().test(.live) { client in
            await #expect(throws: (any Error).self) { try await client.execute(uri: path, method: .get) }
        }
        try await plane.test { client in
            let problem = try await client.problem(.get, path, status: 500)
            #expect(problem.detail == "'a' cannot be read: what is stored of it has another SHA-256 than it should")
        }
    }

    private func put(_ content: String?, _ address: S3Address, _ client: S3Client) async throws {
        if let content { try await client.put(ByteBuffer(string: content), to: address) } else { try await client.delete(address) }
    }

    private func buckets(_ server: MotoServer) -> Buckets {
        Buckets(S3Configuration(endpoint: server.endpoint, credentials: .init(accessKeyID: "test", secretAccessKey: "secret")))
    }

    @Test("In a bucket likewise", arguments: Damage.allCases)
    func bucket(_ kind: Damage) async throws {
        let server = try await MotoServer.start()
        let buckets = buckets(server)
        try await server.makeBucket("lynx-store")
        let plane = try TestControlPlane(buckets: buckets) { ArtifactConfiguration(store: "s3://lynx-store/lab", databasePath: $0) }
        try await walk(plane, words: kind.words) {
            let client = try buckets.client()
            let objects = try await client.list(S3Address(bucket: "lynx-store", key: "")).objects
            let object = try #require(objects.first { $0.key.contains("0123456789".sha256) })
            try await put(kind.apply(to: "0123456789"), S3Address(bucket: "lynx-store", key: object.key), client)
        }
    }

    @Test("In a batch's own bucket the download ends, with the reason", arguments: Damage.allCases)
    func batchBucket(_ kind: Damage) async throws {
        let server = try await MotoServer.start()
        let buckets = buckets(server)
        try await server.makeBucket("lynx-runs")
        let plane = try TestControlPlane(buckets: buckets) { ArtifactConfiguration(databasePath: $0) }
        try await plane.test { client in
            let job = try await client.batch(storage: TelemetryStorageSpec(s3Bucket: "lynx-runs")).jobs[0]
            let needed = try await client.announce(job, [.sample("a", "0123456789")])
            let place = try #require(needed.objectStore.flatMap { S3Address($0) }).appending("attempt-1/a")
            try await put(kind.apply(to: "0123456789"), place, try buckets.client())
            _ = try await client.announce(job, [.sample("a", "0123456789", location: place.description)])
            try await expectDamaged(client, "/jobs/\(job.jobID)/artifacts/a", kind.words)
        }
    }

    @Test("A runner's id may have any characters in an upload", arguments: ["100%", "a%41", "r 1+2&3"])
    func runnerID(runner: String) async throws {
        try await TestControlPlane { ArtifactConfiguration(databasePath: $0) }.test { client in
            let _: BatchReceipt = try await client.post("/jobs", TestLedger.submission(runs: 1), status: .created)
            try await client.register(runner)
            let job = try await client.claim(runner).jobs[0]
            _ = try await client.announce(job, [.sample("x", "x")], runner: runner)
            let encoded = try #require(runner.addingPercentEncoding(withAllowedCharacters: .alphanumerics))
            let progress: ArtifactProgress = try (try await client.put(job, "x".sha256, "x", runner: encoded)).decode()
            #expect(progress.complete)
        }
    }
}
