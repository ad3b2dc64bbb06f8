import Hummingbird
import HTTPTypes
import Logging
import LynxModel
import NIOCore
import ObjectStore
import Support

/// Serves one stored file: ranges, conditions, and headers that keep a browser from making a page of it.
///
/// Source: RFC 9110 (13 and 14), RFC 6266.
struct ArtifactResponse {
    let file: LocatedArtifact
    let store: ArtifactStore
    let logger: Logger

    func response(to request: Request) async throws -> Response {
        guard let place = file.place else { throw Problem.notFound("'\(file.artifact.path)' is still being uploaded") }
        let tag = "\"\(file.artifact.sha256)\""
        var headers = Self.headers(path: file.artifact.path, mediaType: file.artifact.mediaType, tag: tag)
        if Self.lists(request.headers[.ifNoneMatch], tag) { return Response(status: .notModified, headers: headers) }

        let size = file.artifact.sizeBytes
        // A range of another version than the client has would not fit what it has.
        let isCurrent = request.headers[.ifRange].map { $0 == tag } ?? true
        var range = 0..<size
        var status = HTTPResponse.Status.ok
        switch ByteRange(header: isCurrent && request.method == .get ? request.headers[.range] : nil, size: size) {
        case .whole: break
        case .part(let part):
            range = part
            status = .partialContent
            headers[.contentRange] = "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(size)"
        case .unsatisfiable:
            return try Self.unsatisfiable(request, size: size)
        }
        return Response(status: status, headers: headers, body: try await body(place, range, isRead: request.method != .head))
    }

    private func body(_ place: LocatedArtifact.Place, _ range: Range<Int64>, isRead: Bool) async throws -> ResponseBody {
        let (artifact, logger) = (file.artifact, logger)
        let content: CheckedContent
        do {
            guard isRead else {
                try await store.check(place, artifact)
                return ResponseBody(contentLength: range.count) { try await $0.finish(nil) }
            }
            content = try await store.open(place, artifact, range)
        } catch let fault as ContentFault {
            logger.fileNotServed(artifact, fault)
            throw Problem(title: "File damaged", status: 500, detail: "'\(artifact.path)' cannot be read: what is stored of it \(fault)")
        }
        return ResponseBody(contentLength: range.count) { writer in
            do {
                // The writer is not to be captured, so it is lent for the time of the reading.
                var lent = writer
                try await content.read { try await lent.write($0) }
                writer = lent
            } catch {
                // The connection ends before the length that was announced, which tells the client.
                if error is ContentFault || error is S3Error || error is StorageError { logger.fileNotServed(artifact, error) }
                throw error
            }
            try await writer.finish(nil)
        }
    }

    /// Of a file: a browser that is made to show it as a page runs nothing of it.
    static func headers(path: String, mediaType: String, tag: String) -> HTTPFields {
        [
            .eTag: tag, .acceptRanges: "bytes", .contentType: mediaType, .cacheControl: "private, no-cache",
            .contentDisposition: disposition(path), .contentSecurityPolicy: "sandbox; default-src 'none'", .xContentTypeOptions: "nosniff",
        ]
    }

    static func unsatisfiable(_ request: Request, size: Int64) throws -> Response {
        try Problem(
            title: "Range not satisfiable", status: 416, detail: "the file has \(size) bytes; '\(request.headers[.range] ?? "")' has none of them"
        ).response(headers: [.contentRange: "bytes */\(size)"])
    }

    static func lists(_ header: String?, _ tag: String) -> Bool {
        guard let header else { return false }
        return header.split(separator: ",").contains { item in
            let text = item.trimmingPrefix { $0 == " " }
            let strong = text.hasPrefix("W/") ? text.dropFirst(2) : text
            return strong == "*" || strong.prefix { $0 != " " } == tag
        }
    }

    /// `attachment`, with the file's name in both spellings of RFC 6266.
    static func disposition(_ path: String) -> String {
        let name = path.unicodeScalars.split(separator: "/").last.map { String($0) } ?? "file"
        let plain = String(
            name.unicodeScalars.map { scalar in
                let isSafe = scalar.isASCII && scalar.value >= 0x20 && scalar.value != 0x7F && !"\"\\%".unicodeScalars.contains(scalar)
                return isSafe ? Character(scalar) : "_"
            })
        return "attachment; filename=\"\(plain)\"; filename*=UTF-8''\(name.percentEncoded())"
    }
}

extension HTTPField.Name {
    static let contentSecurityPolicy = HTTPField.Name("Content-Security-Policy")!
    static let xContentTypeOptions = HTTPField.Name("X-Content-Type-Options")!
}
