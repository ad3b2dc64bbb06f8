import NIOCore
import NIOHTTP1
import TestSupport

@testable import ObjectStore

extension MotoServer {
    /// A client with the server's own key, or with another.
    func client(accessKeyID: String? = nil, secretAccessKey: String? = nil) -> S3Client {
        S3Client(
            S3Configuration(
                endpoint: endpoint,
                credentials: .init(accessKeyID: accessKeyID ?? self.accessKeyID, secretAccessKey: secretAccessKey ?? self.secretAccessKey)))
    }

    /// Makes a bucket and gives `body` a client.
    func withClient<Value>(bucket: String, _ body: (S3Client) async throws -> Value) async throws -> Value {
        let client = client()
        _ = try await client.call(.PUT, S3Address(bucket: bucket, key: ""))
        return try await body(client)
    }
}

extension S3Client {
    /// An object, or a part of it.
    func whole(_ address: S3Address, range: ClosedRange<Int64>? = nil) async throws -> ByteBuffer {
        var bytes = ByteBuffer()
        try await open(address, range: range).read { piece in
            var piece = piece
            bytes.writeBuffer(&piece)
        }
        return bytes
    }
}
