import FoundationEssentials
import Glibc
import NIOCore
import ObjectStore

/// Contents as objects below one prefix of a bucket.
struct BucketStore: BlobStore {
    let client: S3Client
    let root: S3Address

    func take(_ file: String, as blob: Blob) async throws -> StoredContent {
        let open = try OpenFile(path: file)
        let tag = try await client.put(open, to: root.appending(blob.path))
        unlink(file)
        return StoredContent(size: open.size, version: tag ?? "")
    }

    func look(at blob: Blob) async throws -> StoredContent { try await client.look(at: root.appending(blob.path)) }

    func open(_ blob: Blob, _ range: Range<Int64>?) async throws -> OpenContent {
        try await client.content(root.appending(blob.path), range)
    }

    func place(of blob: Blob) -> String { root.appending(blob.path).description }

    func remove(_ blob: Blob) async throws { try await remove(path: blob.path) }

    func remove(path: String) async throws { try await client.delete(root.appending(path)) }

    func objects(of tenant: String, before date: Date, _ body: (String, Int64) async throws -> Void) async throws {
        let prefix = root.key.isEmpty || root.key.hasSuffix("/") ? root.key : "\(root.key)/"
        var token: String?
        repeat {
            let page = try await client.list(
                S3Address(bucket: root.bucket, key: "\(prefix)\(Blob.directoryName(tenant))/"), after: token)
            for object in page.objects {
                guard let changed = object.lastModified, changed < date else { continue }
                try await body(String(object.key.dropFirst(prefix.count)), object.size)
            }
            token = page.next
        } while token != nil
    }
}

extension S3Client {
    /// - Throws: `ContentFault.missing`, `S3Error`.
    func look(at address: S3Address) async throws -> StoredContent {
        do {
            let object = try await head(address)
            return StoredContent(size: object.size, version: object.tag ?? "")
        } catch S3Error.notFound {
            throw ContentFault.missing
        }
    }

    /// - Throws: `ContentFault.missing`, `S3Error`.
    func content(_ address: S3Address, _ range: Range<Int64>?) async throws -> OpenContent {
        do {
            let object = try await open(address, range: range.map { $0.lowerBound...($0.upperBound - 1) })
            return OpenContent(content: StoredContent(size: object.size, version: object.tag ?? "")) { try await object.read(write: $0) }
        } catch S3Error.notFound {
            throw ContentFault.missing
        } catch S3Error.refused(status: 416, _, _, _) {
            // It ends before the part begins.
            return OpenContent(content: try await look(at: address)) { _ in }
        }
    }
}
