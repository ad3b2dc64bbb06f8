import NIOCore
import NIOHTTP1

extension S3Client {
    /// How a large file is divided for an upload.
    struct Parts: Hashable, Sendable {
        /// Size in bytes of every part but the last.
        var size: Int64
        var count: Int

        /// Amazon allows at most 10,000 parts of at least 5 MiB (Amazon S3 User Guide, "Multipart upload limits").
        init(of total: Int64, preferred: Int64 = 8 << 20) {
            size = max(preferred, (total + 9_999) / 10_000)
            count = Int((total + size - 1) / size)
        }
    }

    /// Uploads a file: in one call if it is small, otherwise in parts, of which `parallel` are held in memory at a time. After
    /// a failure the parts uploaded so far are removed.
    ///
    /// - Parameters:
    ///   - sha256: digest of the content, which `head` returns later.
    ///   - sent: called with the size in bytes of each part that has been uploaded.
    /// - Returns: the object's entity tag.
    /// - Throws: `S3Error`, `CancellationError`.
    @discardableResult
    public func put(
        _ file: OpenFile, to address: S3Address, mediaType: String? = nil, sha256: String? = nil, partSize: Int64 = 8 << 20,
        parallel: Int = 2, sent: @escaping @Sendable (Int64) -> Void = { _ in }
    ) async throws -> String? {
        let parts = Parts(of: file.size, preferred: partSize)
        guard parts.count > 1 else {
            let bytes = try await whole(file, at: 0, count: file.size)
            let tag = try await put(bytes, to: address, mediaType: mediaType, sha256: sha256)
            sent(file.size)
            return tag
        }
        let upload = try await begin(address, Self.headers(mediaType, sha256))
        do {
            let tags = try await send(parts, of: file, upload, to: address, parallel: parallel, sent)
            return try await complete(upload, tags, at: address, size: file.size, sha256: sha256)
        } catch {
            // This runs even if the task was cancelled: abandoned parts cost money and appear in no listing.
            await Task { await abort(upload, at: address) }.value
            throw error
        }
    }

    /// Begins an upload in parts. If the reply to an earlier try was lost, nobody knows that upload's id: it is searched for
    /// and aborted if the store permits listing uploads.
    ///
    /// - Returns: the upload's id.
    private func begin(_ address: S3Address, _ headers: [String: String]) async throws -> String {
        let (upload, mayBeTwo) = try await retrying(address) { mayBeDone in
            let begun = XMLText(String(buffer: try await self.callOnce(.POST, address, query: [("uploads", "")], headers: headers).body))
            guard let upload = begun.value("UploadId") else {
                throw S3Error.unreachable(address: address.description, reason: "the answer to a multipart upload names none")
            }
            return (upload, mayBeDone)
        }
        guard mayBeTwo else { return upload }
        // Only one upload writes to a key at a time, so any other upload of it is left over from an earlier try.
        let others = try? await uploads(of: address).filter { $0 != upload }
        for other in others ?? [] { await abort(other, at: address) }
        return upload
    }

    /// - Returns: the object's entity tag.
    private func complete(_ upload: String, _ tags: [String], at address: S3Address, size: Int64, sha256: String?) async throws -> String? {
        let list = tags.enumerated().map { "<Part><PartNumber>\($0.offset + 1)</PartNumber><ETag>\($0.element)</ETag></Part>" }
        let document = ByteBuffer(string: "<CompleteMultipartUpload>\(list.joined())</CompleteMultipartUpload>")
        return try await retrying(address) { mayBeDone -> String? in
            let end: Answer
            do {
                end = try await self.callOnce(.POST, address, query: [("uploadId", upload)], body: document)
            } catch let error as S3Error where error.isUnknownUpload && mayBeDone {
                // An earlier try has completed the upload if the object exists with the right content.
                let object = try await self.head(address)
                guard object.size == size, sha256 == nil || object.sha256 == sha256 else { throw error }
                return object.tag
            }
            // Amazon sends status 200 before it knows the outcome.
            let answer = XMLText(String(buffer: end.body))
            if let error = answer.elements("Error").first {
                throw S3Error.refused(
                    status: 500, code: error.value("Code") ?? "", message: error.value("Message") ?? "", address: address.description)
            }
            return answer.value("ETag")
        }
    }

    /// The ids of the unfinished uploads to a key.
    private func uploads(of address: S3Address) async throws -> [String] {
        let bucket = S3Address(bucket: address.bucket, key: "")
        let page = XMLText(String(buffer: try await call(.GET, bucket, query: [("uploads", ""), ("prefix", address.key)]).body))
        return page.elements("Upload").filter { $0.value("Key") == address.key }.compactMap { $0.value("UploadId") }
    }

    private func abort(_ upload: String, at address: S3Address) async {
        _ = try? await call(.DELETE, address, query: [("uploadId", upload)])
    }

    /// - Returns: the entity tags of the parts, in order.
    private func send(
        _ parts: Parts, of file: OpenFile, _ upload: String, to address: S3Address, parallel: Int, _ sent: @escaping @Sendable (Int64) -> Void
    ) async throws -> [String] {
        try await withThrowingTaskGroup(of: (Int, String).self) { group in
            var tags = [String](repeating: "", count: parts.count)
            for index in 0..<parts.count {
                if index >= parallel, let (done, tag) = try await group.next() { tags[done] = tag }
                group.addTask {
                    let offset = Int64(index) * parts.size
                    let count = min(parts.size, file.size - offset)
                    let bytes = try await self.whole(file, at: offset, count: count)
                    let answer = try await self.call(
                        .PUT, address, query: [("partNumber", "\(index + 1)"), ("uploadId", upload)], body: bytes)
                    guard let tag = answer.headers.first(name: "etag") else {
                        throw S3Error.unreachable(address: address.description, reason: "the answer to a part has no entity tag")
                    }
                    sent(count)
                    return (index, tag)
                }
            }
            for try await (done, tag) in group { tags[done] = tag }
            return tags
        }
    }

    private func whole(_ file: OpenFile, at offset: Int64, count: Int64) async throws -> ByteBuffer {
        let bytes = try await file.read(at: offset, count: Int(count))
        guard bytes.readableBytes == Int(count) else { throw S3Error.file(path: file.path, reason: "it has become shorter") }
        return bytes
    }
}
