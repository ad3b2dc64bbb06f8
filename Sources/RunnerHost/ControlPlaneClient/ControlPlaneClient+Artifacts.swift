import AsyncHTTPClient
import FoundationEssentials
import LynxModel
import NIOCore
import NIOHTTP1
import ObjectStore
import Support

extension ControlPlaneClient {
    /// Says what files an attempt left; the answer says which of them are to be sent.
    func announce(_ manifest: ArtifactManifest, jobID: String) async throws -> ArtifactRequirements {
        try await exchange("jobs/\(jobID.percentEncoded())/artifacts", manifest, limit: .seconds(60))
    }

    /// Sends what a file has from `offset` on. A connection that breaks leaves there what had arrived.
    ///
    /// - Parameter sent: called whenever another piece is on its way.
    func upload(
        _ file: OpenFile, sha256: String, from offset: Int64, of key: AttemptKey, runnerID: String, sent: @escaping @Sendable () -> Void
    ) async throws -> ArtifactProgress {
        let path = "jobs/\(key.jobID.percentEncoded())/artifacts/\(sha256)"
        var request = HTTPClientRequest(url: "\(url)/runner/v1/\(path)?attempt=\(key.attempt)&runner_id=\(runnerID.percentEncoded())")
        request.method = .PUT
        request.headers.add(name: "content-type", value: "application/octet-stream")
        request.headers.add(name: "accept", value: "application/json")
        request.headers.add(name: "upload-offset", value: "\(offset)")
        let count = file.size - offset
        let pieces = file.pieces(from: offset).map { piece in
            sent()
            return piece
        }
        request.body = count == 0 ? .bytes(ByteBuffer()) : .stream(pieces, length: .known(count))
        // A link slower than 64 KiB a second is taken for a broken one; what arrived is not sent again.
        let limit = Duration.seconds(60) + .seconds(Double(count) / 65_536)
        let body = try await authorized { [request] secret in
            var request = request
            if let secret { request.headers.add(name: "authorization", value: "Bearer \(secret)") }
            return try await send(request, path, expecting: 200, limit: limit)
        }
        return try decode(ArtifactProgress.self, body, path)
    }
}
