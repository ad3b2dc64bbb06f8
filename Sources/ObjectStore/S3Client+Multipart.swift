import NIOCore
import NIOHTTP1

extension S3Client {
    /// How a large file is cut.
    struct Parts: Hashable, Sendable {
        /// Every part but the last has this many bytes.
        var size: Int64
        var count: Int

        /// Amazon takes 10,000 parts at most, of 5 MiB at least (Amazon S3 User Guide, "Multipart upload limits").
        init(of total: Int64, preferred: Int64 = 8 << 20) {
            size = max(preferred, (total + 9_999) / 10_000)
            count = Int((total + size - 1) / size)
        }
    }

    /// Sends a file: in one call if it is small, else in parts, of which `parallel` are held in memory at a time.
    /// Parts left over from a failure are removed again.
    ///
    /// - Parameter sent: called with the bytes of each part that has arrived.
    /// - Throws: `S3Error`, `CancellationError`.
    public func put(
        _ file: OpenFile, to address: S3Address, mediaType: String? = nil, partSize: Int64 = 8 << 20, parallel: Int = 2,
        sent: @escaping @Sendable (Int64) -> Void = { _ in }
    ) async throws {
        let parts = Parts(of: file.size, preferred: partSize)
        guard parts.count > 1 else {
            let bytes = try await whole(file, at: 0, count: file.size)
            try await put(bytes, to: address, mediaType: mediaType)
            return sent(file.size)
        }
        var headers: [String: String] = [:]
        headers["content-type"] = mediaType
        let begun = XMLText(String(buffer: try await call(.POST, address, query: [("uploads", "")], headers: headers).body))
        guard let upload = begun.value("UploadId") else {
            throw S3Error.unreachable(address: address.description, reason: "the answer to a multipart upload names none")
        }
        do {
            let tags = try await send(parts, of: file, upload, to: address, parallel: parallel, sent)
            let list = tags.enumerated().map { "<Part><PartNumber>\($0.offset + 1)</PartNumber><ETag>\($0.element)</ETag></Part>" }
            let document = "<CompleteMultipartUpload>\(list.joined())</CompleteMultipartUpload>"
            let end = try await call(.POST, address, query: [("uploadId", upload)], body: ByteBuffer(string: document))
            // Amazon begins to answer with 200 before it knows.
            let answer = XMLText(String(buffer: end.body))
            if let error = answer.elements("Error").first {
                throw S3Error.refused(
                    status: 500, code: error.value("Code") ?? "", message: error.value("Message") ?? "", address: address.description)
            }
        } catch {
            // Also when this task was cancelled: parts left behind cost money and are seen nowhere.
            await Task { _ = try? await call(.DELETE, address, query: [("uploadId", upload)]) }.value
            throw error
        }
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
