import Foundation
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

@testable import ObjectStore

/// A client whose first answers of some kinds are lost on the way.
private struct LossyStore: Sendable {
    let client: S3Client
    private let proxy: Program
    private let directory: TemporaryDirectory

    init(_ server: MotoServer, losing rules: [String]) async throws {
        directory = try TemporaryDirectory()
        let events = try EventPipe(directory.file("events"))
        let port = try #require(server.endpoint.split(separator: ":").last)
        proxy = try Program.start(
            Repository.python, [Repository.path("Tests/TestSupport/lossy_proxy.py"), events.path, String(port)] + rules,
            environment: ["PYTHONDONTWRITEBYTECODE": "1"])
        let own = try await events.expect("port ")[0].dropFirst(5)
        client = S3Client(
            S3Configuration(
                endpoint: "http://127.0.0.1:\(own)",
                credentials: .init(accessKeyID: server.accessKeyID, secretAccessKey: server.secretAccessKey)))
    }
}

@Suite("An S3 client whose answers get lost", .timeLimit(.minutes(5)))
struct LostAnswerTests {
    @Test(
        "A large file is there once, whichever answer was lost, and no upload stays open",
        arguments: [["POST uploads"], ["POST uploadId"], ["PUT partNumber=2"], ["POST uploads", "PUT partNumber=1", "POST uploadId"]])
    func multipart(rules: [String]) async throws {
        let server = try await MotoServer.start()
        let directory = try TemporaryDirectory()
        let content = Data((0..<(11 << 20) + 7).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) })
        try content.write(to: URL(filePath: directory.file("large.bin")))
        try await server.withClient(bucket: "lynx-test") { direct in
            let address = S3Address(bucket: "lynx-test", key: "runs/large.bin")
            let file = try OpenFile(path: directory.file("large.bin"))
            let hash = try await file.sha256()
            let store = try await LossyStore(server, losing: rules)
            let tag = try await store.client.put(file, to: address, sha256: hash, partSize: 5 << 20)
            let object = try await direct.head(address)
            #expect(object.tag != nil && object.tag == tag)
            #expect(object.sha256 == hash)
            #expect(Data(try await direct.whole(address).readableBytesView) == content)
            let uploads = try await direct.call(.GET, S3Address(bucket: "lynx-test", key: ""), query: [("uploads", "")])
            #expect(XMLText(String(buffer: uploads.body)).elements("Upload").isEmpty)
        }
    }

    @Test(
        "Times are read as any store writes them",
        arguments: ["2026-11-29T08:00:00.000Z", "2026-11-29T08:00:00Z", "2026-11-29T08:00:00.123456789Z", "2026-11-29T08:00:00.5Z"])
    func times(text: String) throws {
        let date = try #require(S3Client.date(text))
        #expect(abs(date.timeIntervalSince1970 - 1_795_939_200) < 1)
        #expect(S3Client.date("yesterday") == nil)
    }
}
