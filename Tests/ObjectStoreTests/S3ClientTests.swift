import Foundation
import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

@testable import ObjectStore

@Suite("An S3 client and a real S3 server", .timeLimit(.minutes(5)))
struct S3ClientTests {
    @Test("Objects are stored, read whole and in part, listed and deleted, whatever their keys look like")
    func objects() async throws {
        let server = try await MotoServer.start()
        try await server.withClient(bucket: "lynx-test") { client in
            let base = S3Address(bucket: "lynx-test", key: "runs")
            let names = ["plain.txt", "a b+c&d/ü%20<x>.csv", "deep/er/é.bin"]
            for name in names { try await client.put(ByteBuffer(string: "0123456789 \(name)"), to: base.appending(name), mediaType: "text/plain") }
            for name in names {
                let whole = try await client.whole(base.appending(name))
                #expect(String(buffer: whole) == "0123456789 \(name)")
                let size = try await client.head(base.appending(name)).size
                #expect(size == Int64(whole.readableBytes))
            }
            let part = try await client.whole(base.appending("plain.txt"), range: 2...5)
            #expect(String(buffer: part) == "2345")
            let listed = try await client.list(base)
            #expect(listed.objects.map(\.key) == names.map { "runs/\($0)" }.sorted())
            #expect(listed.next == nil)
            for name in names { try await client.delete(base.appending(name)) }
            try await client.delete(base.appending("never was there"))
            let left = try await client.list(base).objects
            #expect(left == [])
            await #expect(throws: S3Error.notFound("s3://lynx-test/runs/plain.txt")) { try await client.head(base.appending("plain.txt")) }
        }
    }

    @Test("A large file arrives in parts, byte for byte")
    func multipart() async throws {
        let server = try await MotoServer.start()
        let directory = try TemporaryDirectory()
        let content = Data((0..<(11 << 20) + 7).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) })
        try content.write(to: URL(filePath: directory.file("large.bin")))
        try await server.withClient(bucket: "lynx-test") { client in
            let address = S3Address(bucket: "lynx-test", key: "large.bin")
            let file = try OpenFile(path: directory.file("large.bin"))
            try await client.put(file, to: address, partSize: 5 << 20)
            let answer = try await client.call(.HEAD, address)
            // The entity tag of an object made of parts ends with their number.
            #expect(answer.headers.first(name: "etag")?.contains("-3") == true)
            let back = try await client.whole(address)
            #expect(Data(back.readableBytesView) == content)
        }
    }

    @Test("An upload that fails half way leaves no parts behind")
    func aborted() async throws {
        let server = try await MotoServer.start()
        let directory = try TemporaryDirectory()
        let path = directory.file("shrinking.bin")
        try Data(count: 12 << 20).write(to: URL(filePath: path))
        try await server.withClient(bucket: "lynx-test") { client in
            let file = try OpenFile(path: path)
            try #require(truncate(path, 6 << 20) == 0)
            await #expect(throws: S3Error.file(path: path, reason: "it has become shorter")) {
                try await client.put(file, to: S3Address(bucket: "lynx-test", key: "x"), partSize: 5 << 20)
            }
            let uploads = try await client.call(.GET, S3Address(bucket: "lynx-test", key: ""), query: [("uploads", "")])
            #expect(XMLText(String(buffer: uploads.body)).elements("Upload").isEmpty)
        }
    }

    @Test("Errors say what the store said, and whether trying again may help")
    func errors() async throws {
        let server = try await MotoServer.start()
        try await server.withClient(bucket: "lynx-test") { client in
            let error = await #expect(throws: S3Error.self) {
                try await client.put(ByteBuffer(string: "x"), to: S3Address(bucket: "no-such-bucket", key: "x"))
            }
            #expect(error?.description.contains("NoSuchBucket") == true)
            #expect(error?.isTransient == false)
        }
        let nobody = S3Client(S3Configuration(endpoint: "http://127.0.0.1:1", credentials: .init(accessKeyID: "a", secretAccessKey: "b")))
        let error = await #expect(throws: S3Error.self) { try await nobody.head(S3Address(bucket: "lynx-test", key: "x")) }
        #expect(error?.isTransient == true)
    }

    @Test("The usual variables say where the store is and who asks")
    func environment() throws {
        let variables = [
            "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SESSION_TOKEN": "session", "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_ENDPOINT_URL": "http://10.0.0.1:9000/",
        ]
        let configuration = try S3Configuration.environment(variables)
        #expect(configuration.url(S3Address(bucket: "runs", key: "a b")) == "http://10.0.0.1:9000/runs/a%20b")
        #expect(configuration.credentials.sessionToken == "session")
        let amazon = S3Configuration(region: "eu-west-1", credentials: configuration.credentials)
        #expect(amazon.url(S3Address(bucket: "runs", key: "a/b")) == "https://runs.s3.eu-west-1.amazonaws.com/a/b")
        #expect(throws: S3Error.self) { try S3Configuration.environment(["AWS_ACCESS_KEY_ID": "id"]) }
    }

    @Test("Addresses are read and made", arguments: ["s3://", "s3://ab", "http://x/y", "s3://bad bucket/x"])
    func badAddresses(text: String) {
        #expect(S3Address(text) == nil)
        #expect(S3Address("s3://runs/a/b")?.appending("c").description == "s3://runs/a/b/c")
    }
}
