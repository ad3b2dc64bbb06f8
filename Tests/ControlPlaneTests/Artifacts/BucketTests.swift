import FoundationEssentials
import Hummingbird
import HummingbirdTesting
import LynxModel
import NIOCore
import ObjectStore
import TestSupport
import Testing

@testable import ControlPlane

@Suite("Files in a bucket", .timeLimit(.minutes(5)))
struct BucketTests {
    private func buckets(_ server: MotoServer) -> Buckets {
        Buckets(S3Configuration(endpoint: server.endpoint, credentials: .init(accessKeyID: "test", secretAccessKey: "secret")))
    }

    private func makeBucket(_ name: String, _ buckets: Buckets) async throws {
        try await buckets.client().put(ByteBuffer(), to: S3Address(bucket: name, key: ""))
    }

    @Test("A control plane whose store is a bucket keeps, serves and collects files there")
    func store() async throws {
        let server = try await MotoServer.start()
        let buckets = buckets(server)
        try await makeBucket("lynx-store", buckets)
        let plane = try TestControlPlane(buckets: buckets) {
            ArtifactConfiguration(store: "s3://lynx-store/lab", databasePath: $0, retainDays: 1)
        }
        try await plane.test { client in
            let batch = try await client.batch()
            try await client.upload(batch.jobs[0], [("summary.json", "0123456789"), ("empty", "")])
            try await client.report(batch.jobs[0])
            let whole = try await client.call(.get, "/jobs/\(batch.jobs[0].jobID)/artifacts/summary.json")
            #expect(String(buffer: whole.body) == "0123456789")
            let part = try await client.call(.get, "/jobs/\(batch.jobs[0].jobID)/artifacts/summary.json", headers: [.range: "bytes=3-5"])
            #expect(String(buffer: part.body) == "345")
            let empty = try await client.call(.get, "/jobs/\(batch.jobs[0].jobID)/artifacts/empty")
            #expect(empty.status == .ok)
            let stored = try await buckets.client().list(S3Address(bucket: "lynx-store", key: "lab/default/")).objects
            #expect(stored.map(\.size).sorted() == [0, 10])
            plane.clock.advance(by: 2 * 86_400)
            let report: CollectionReport = try await client.post("/gc")
            #expect((report.blobs, report.blobBytes) == (2, 10))
            let left = try await buckets.client().list(S3Address(bucket: "lynx-store", key: "")).objects
            #expect(left == [])
        }
    }

    @Test("Files that a runner put into the batch's bucket are read through the control plane, and collected")
    func straight() async throws {
        let server = try await MotoServer.start()
        let buckets = buckets(server)
        try await makeBucket("lynx-runs", buckets)
        let plane = try TestControlPlane(buckets: buckets) { ArtifactConfiguration(databasePath: $0, retainDays: 1) }
        try await plane.test { client in
            let batch = try await client.batch(storage: TelemetryStorageSpec(s3Bucket: "lynx-runs", s3Prefix: "orbit/"))
            let job = batch.jobs[0]
            let needed = try await client.announce(job, [.sample("a/b", "0123456789"), .sample("stdout.log", "hello", kind: .log)])
            #expect(needed.objectStore == "s3://lynx-runs/orbit/\(batch.batchID)/\(job.jobID)")
            #expect(needed.uploads == [])
            let place = try #require(S3Address(needed.objectStore ?? ""))
            let (file, log) = (place.appending("attempt-1/a/b"), place.appending("attempt-1-logs/stdout.log"))
            try await buckets.client().put(ByteBuffer(string: "0123456789"), to: file)
            try await buckets.client().put(ByteBuffer(string: "hello"), to: log)
            _ = try await client.announce(
                job,
                [
                    .sample("a/b", "0123456789", location: file.description),
                    .sample("stdout.log", "hello", kind: .log, location: log.description),
                ])
            try await client.report(job)
            let part = try await client.call(.get, "/jobs/\(job.jobID)/artifacts/a/b", headers: [.range: "bytes=-2"])
            #expect(String(buffer: part.body) == "89")
            let printed = try await client.call(.get, "/jobs/\(job.jobID)/logs/stdout")
            #expect(String(buffer: printed.body) == "hello")
            plane.clock.advance(by: 2 * 86_400)
            let report: CollectionReport = try await client.post("/gc")
            #expect((report.objects, report.objectBytes) == (2, 15))
            let left = try await buckets.client().list(S3Address(bucket: "lynx-runs", key: "")).objects
            #expect(left == [])
        }
    }
}
