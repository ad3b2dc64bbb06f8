import Hummingbird
import HummingbirdTesting
import LynxModel
import NIOCore
import Testing

@testable import ControlPlane

@Suite("Reading files of jobs")
struct ArtifactResponseTests {
    private func withFile(_ body: @escaping @Sendable (any TestClientProtocol, String) async throws -> Void) async throws {
        try await TestControlPlane { ArtifactConfiguration(databasePath: $0) }.test { client in
            let job = try await client.batch().jobs[0]
            try await client.upload(job, [("out/Größe \"1\".txt", "0123456789")])
            try await body(client, "/jobs/\(job.jobID)/artifacts/out/Gr%C3%B6%C3%9Fe%20%221%22.txt")
        }
    }

    @Test("A file comes with what keeps a browser from making a page of it")
    func headers() async throws {
        try await withFile { client, path in
            let whole = try await client.call(.get, path)
            #expect(whole.status == .ok)
            #expect(whole.headers[.eTag] == "\"\("0123456789".sha256)\"")
            #expect(whole.headers[.contentType] == "text/plain")
            #expect(whole.headers[.contentLength] == "10")
            #expect(whole.headers[.xContentTypeOptions] == "nosniff")
            #expect(
                whole.headers[.contentDisposition]
                    == "attachment; filename=\"Gr__e _1_.txt\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%20%221%22.txt")
            let head = try await client.call(.head, path)
            #expect(head.headers[.contentLength] == "10")
            #expect(head.body.readableBytes == 0)
        }
    }

    @Test("Parts are served as asked for")
    func ranges() async throws {
        try await withFile { client, path in
            let part = try await client.call(.get, path, headers: [.range: "bytes=2-4"])
            #expect(part.status == .partialContent)
            #expect(String(buffer: part.body) == "234")
            #expect(part.headers[.contentRange] == "bytes 2-4/10")
            #expect(part.headers[.contentLength] == "3")
            let end = try await client.call(.get, path, headers: [.range: "bytes=-2"])
            #expect(String(buffer: end.body) == "89")
            let beyond = try await client.call(.get, path, headers: [.range: "bytes=10-"])
            #expect(beyond.status == .rangeNotSatisfiable)
            #expect(beyond.headers[.contentRange] == "bytes */10")
        }
    }

    @Test("A client that has the file is told so, and one that has another gets the whole")
    func conditions() async throws {
        try await withFile { client, path in
            let tag = "\"\("0123456789".sha256)\""
            for header in [tag, "W/\(tag)", "\"x\", \(tag)", "*"] {
                let response = try await client.call(.get, path, headers: [.ifNoneMatch: header])
                #expect(response.status == .notModified, "\(header)")
                #expect(response.body.readableBytes == 0)
            }
            let same = try await client.call(.get, path, headers: [.range: "bytes=0-1", .ifRange: tag])
            #expect(same.status == .partialContent)
            let other = try await client.call(.get, path, headers: [.range: "bytes=0-1", .ifRange: "\"x\""])
            #expect(other.status == .ok)
            #expect(other.body.readableBytes == 10)
        }
    }

    @Test("An earlier attempt's files stay readable")
    func attempts() async throws {
        try await TestControlPlane { ArtifactConfiguration(databasePath: $0) }.test { client in
            let receipt: BatchReceipt = try await client.post("/jobs", TestLedger.submission(runs: 1, maxRetries: 1), status: .created)
            try await client.register()
            let first = try await client.claim().jobs[0]
            try await client.upload(first, [("x", "first")])
            try await client.call(.post, "/runner/v1/jobs/\(first.jobID)/result", TestLedger.report(first, .failure))
            let second = try await client.claim().jobs[0]
            try await client.upload(second, [("x", "second")])
            let latest = try await client.call(.get, "/jobs/\(receipt.batchID)-0/artifacts/x")
            #expect(String(buffer: latest.body) == "second")
            let earlier = try await client.call(.get, "/jobs/\(receipt.batchID)-0/artifacts/x?attempt=1")
            #expect(String(buffer: earlier.body) == "first")
            _ = try await client.problem(.get, "/jobs/\(receipt.batchID)-0/artifacts/x?attempt=0", status: 422)
        }
    }
}
