import FoundationEssentials
import Glibc
import NIOCore
import ObjectStore

/// Contents as objects below one prefix of a bucket.
struct BucketStore: BlobStore {
    let client: S3Client
    let root: S3Address

    func take(_ file: String, as blob: Blob) async throws {
        try await client.put(try OpenFile(path: file), to: root.appending(blob.path))
        unlink(file)
    }

    func read(_ blob: Blob, _ range: Range<Int64>, write: (ByteBuffer) async throws -> Void) async throws {
        guard !range.isEmpty else { return }
        try await client.read(root.appending(blob.path), range: range.lowerBound...(range.upperBound - 1), write: write)
    }

    func remove(_ blob: Blob) async throws { try await remove(path: blob.path) }

    func remove(path: String) async throws { try await client.delete(root.appending(path)) }

    func objects(of tenant: String, before date: Date, _ body: (String, Int64) async throws -> Void) async throws {
        let prefix = root.key.isEmpty || root.key.hasSuffix("/") ? root.key : "\(root.key)/"
        var token: String?
        repeat {
            let page = try await client.list(
                S3Address(bucket: root.bucket, key: "\(prefix)\(Blob.directoryName(tenant))/"), after: token)
            for object in page.objects {
                guard let text = object.lastModified, let changed = try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)),
                    changed < date
                else { continue }
                try await body(String(object.key.dropFirst(prefix.count)), object.size)
            }
            token = page.next
        } while token != nil
    }
}
