import Foundation
import HTTPTypes
import Hummingbird
import LynxModel
import NIOCore
import ObjectStore
import Support

/// The files of jobs, as runners bring them; see `ArtifactManifest`.
extension API {
    var uploadRoutes: [Route] {
        [
            Route(method: .post, path: "/runner/v1/jobs/:job/artifacts", access: .runner, handler: announce),
            Route(method: .put, path: "/runner/v1/jobs/:job/artifacts/:sha256", access: .runner, handler: upload),
        ]
    }

    /// A manifest of `ArtifactManifest.mostFiles` entries fits.
    private static let manifestLimit = 64 << 20

    @Sendable private func announce(_ request: Request, _ context: APIContext) async throws -> Response {
        let jobID = try context.id("job")
        let manifest = try await request.message(ArtifactManifest.self, from: context, upTo: Self.manifestLimit).tamed
        guard let artifacts else { return try .json(ArtifactRequirements(accepted: false)) }
        try manifest.check()
        let announced = try await ledger.announce(manifest, jobID: jobID, quotaBytes: artifacts.configuration.quotaBytes)
        guard let key = JobKey(jobID: jobID) else { throw LedgerError.noSuchJob(jobID) }
        let unsound = try await artifacts.unsound(announced.contents, within: Self.longestCheck)
        for content in unsound { context.logger.storedContentReplaced(content.sha256, tenant: announced.tenant) }
        let uploads = (announced.missing + unsound).map { content in
            let path = artifacts.uploadPath(announced.tenant, key, attempt: manifest.attempt, sha256: content.sha256)
            // More than all of it can't be a beginning of it; the upload finds out.
            return ArtifactRequirements.Upload(sha256: content.sha256, offset: min(PartialUpload.offset(path), content.size))
        }.sorted { $0.sha256 < $1.sha256 }
        return try .json(ArtifactRequirements(uploads: uploads, objectStore: announced.objectStore?.description))
    }

    /// Runners wait for an answer for a minute. What could not be read in this time is sent anew, as if it were not there.
    private static let longestCheck = Duration.seconds(20)

    @Sendable private func upload(_ request: Request, _ context: APIContext) async throws -> Response {
        guard let artifacts else { throw Problem.notFound("this control plane keeps no files") }
        do {
            return try await upload(request, context, to: artifacts)
        } catch StorageError.noRoom(let place) {
            if ledger.room.noRoom(for: .artifacts, at: artifacts.configuration.uploads) { ledger.changes.ring() }
            throw StorageError.noRoom(place: place)
        }
    }

    private func upload(_ request: Request, _ context: APIContext, to artifacts: ArtifactStore) async throws -> Response {
        let jobID = try context.id("job")
        let sha256 = try context.id("sha256")
        guard ArtifactManifest.isHash(sha256) else { throw Problem.badParameter("sha256", "must be 64 lower-case hexadecimal digits") }
        guard let attempt = try request.attempt() else { throw Problem.badParameter("attempt", "is missing") }
        guard let runnerID = request.parameter("runner_id") else { throw Problem.badParameter("runner_id", "is missing") }
        guard context.caller.speaks(for: runnerID) else { throw AccessRefusal.cannotSpeak(for: runnerID, context.caller) }
        guard let offset = Int64(request.headers[.uploadOffset] ?? "0"), offset >= 0 else {
            throw Problem.badParameter("Upload-Offset", "must be a number of bytes")
        }
        let content = try await ledger.awaitedContent(jobID: jobID, attempt: attempt, runnerID: runnerID, sha256: sha256)
        if let stored = content.stored, try await artifacts.isSound(stored, size: content.size, sha256: sha256) {
            return try .json(ArtifactProgress(offset: content.size, complete: true))
        }

        let path = artifacts.uploadPath(content.tenant, content.key, attempt: attempt, sha256: sha256)
        let incoming: PartialUpload
        do {
            incoming = try await PartialUpload.open(path, at: offset)
        } catch PartialUpload.Failure.busy {
            throw Problem(title: "Busy", status: 503, detail: "an earlier call is still writing this content")
        } catch PartialUpload.Failure.offset(let there) {
            if there > content.size { PartialUpload.discard(path) }
            return try .json(ArtifactProgress(offset: there > content.size ? 0 : there, complete: false))
        }
        var digest = try await incoming.digest(upTo: offset)
        var size = offset
        for try await piece in request.body {
            size += Int64(piece.readableBytes)
            guard size <= content.size else {
                incoming.discard()
                throw Problem(title: "Too much", status: 413, detail: "the content was announced with \(content.size) bytes; more came")
            }
            try await incoming.append(piece)
            piece.withUnsafeReadableBytes { digest.update($0) }
        }
        guard size == content.size else { return try .json(ArtifactProgress(offset: size, complete: false)) }
        guard digest.finalize().hexadecimal == sha256 else {
            incoming.discard()
            // What was there from before may be to blame: a power cut leaves holes. What came whole is not what was announced.
            if offset > 0 { return try .json(ArtifactProgress(offset: 0, complete: false)) }
            throw Problem(title: "Wrong content", status: 422, detail: "the bytes that came do not have the SHA-256 that was announced")
        }
        try await incoming.sync()
        let blob = Blob(tenant: content.tenant, name: Blob.name(sha256: sha256))
        try await artifacts.take(incoming.path, as: blob)
        if ledger.room.hasRoom(for: .artifacts) { ledger.changes.ring() }
        do {
            let isOurs = try await ledger.stored(
                content, attempt: attempt, runnerID: runnerID, sha256: sha256, blob: blob, replacing: content.stored,
                quotaBytes: artifacts.configuration.quotaBytes)
            // The other one is nobody's now; if it cannot be removed, a collection finds it.
            if !isOurs { try await artifacts.blobs.remove(blob) } else if let old = content.stored { try? await artifacts.blobs.remove(old) }
        } catch {
            try? await artifacts.blobs.remove(blob)
            throw error
        }
        return try .json(ArtifactProgress(offset: size, complete: true))
    }
}
