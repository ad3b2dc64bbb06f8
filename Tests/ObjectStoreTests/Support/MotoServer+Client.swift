import NIOHTTP1
import TestSupport

@testable import ObjectStore

extension MotoServer {
    /// Makes a bucket and gives `body` a client.
    func withClient<Value>(bucket: String, _ body: (S3Client) async throws -> Value) async throws -> Value {
        let client = S3Client(S3Configuration(endpoint: endpoint, credentials: .init(accessKeyID: "test", secretAccessKey: "secret")))
        _ = try await client.call(.PUT, S3Address(bucket: bucket, key: ""))
        return try await body(client)
    }
}
