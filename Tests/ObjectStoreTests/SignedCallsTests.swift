import Foundation
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

@testable import ObjectStore

/// Vectors say how one request is signed; this, that a server which computes the signatures of whole calls agrees.
@Suite("An S3 server that checks signatures", .timeLimit(.minutes(5)))
struct SignedCallsTests {
    @Test("Takes every call that the client makes: queries, ranges, parts, and keys that have to be escaped")
    func signed() async throws {
        let server = try await MotoServer.start(checksSignatures: true)
        let directory = try TemporaryDirectory()
        let large = Data(count: (5 << 20) + 7)
        try large.write(to: URL(filePath: directory.file("large.bin")))
        try await server.withClient(bucket: "lynx-test") { client in
            let base = S3Address(bucket: "lynx-test", key: "runs")
            let names = ["plain.txt", "a b+c&d/ü%20<x>.csv", "deep/er/é=1~.bin"]
            for name in names { try await client.put(ByteBuffer(string: "0123456789"), to: base.appending(name), mediaType: "text/plain") }
            for name in names {
                let part = try await client.whole(base.appending(name), range: 2...5)
                #expect(String(buffer: part) == "2345")
                #expect(try await client.head(base.appending(name)).size == 10)
            }
            try await client.put(try OpenFile(path: directory.file("large.bin")), to: base.appending("large.bin"), partSize: 5 << 20)
            #expect(try await client.whole(base.appending("large.bin")).readableBytes == large.count)
            let listed = try await client.list(base).objects.map(\.key)
            #expect(listed == (names + ["large.bin"]).map { "runs/\($0)" }.sorted())
            for name in names { try await client.delete(base.appending(name)) }
            #expect(try await client.list(base).objects.map(\.key) == ["runs/large.bin"])
        }
    }

    @Test("Refuses another secret and another key, and trying again is of no use")
    func unsigned() async throws {
        let server = try await MotoServer.start(checksSignatures: true)
        try await server.withClient(bucket: "lynx-test") { client in
            let address = S3Address(bucket: "lynx-test", key: "mine")
            try await client.put(ByteBuffer(string: "x"), to: address)
            for (stranger, code) in [
                (server.client(secretAccessKey: "wrong"), "SignatureDoesNotMatch"),
                (server.client(accessKeyID: "AKIAIOSFODNN7EXAMPLE"), "InvalidAccessKeyId"),
            ] {
                let error = await #expect(throws: S3Error.self) { try await stranger.put(ByteBuffer(string: "y"), to: address) }
                #expect(error?.description.contains("403 \(code)") == true, "\(error?.description ?? "")")
                #expect(error?.isTransient == false)
            }
            let kept = try await client.whole(address)
            #expect(String(buffer: kept) == "x")
        }
    }
}
