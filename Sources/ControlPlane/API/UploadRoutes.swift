import Foundation
import HTTPTypes
import Hummingbird
import LynxModel
import ObjectStore

/// The files of jobs, as runners bring them; see `ArtifactManifest`.
extension API {
    var uploadRoutes: [Route] {
        [
            on(.announceFiles, announce),
            raw(.uploadFile) { request, context in try .json(try await upload(request, context)) },
        ]
    }

    @Sendable private func announce(
        _ message: ArtifactManifest, _ request: Request, _ context: APIContext
    ) async throws -> ArtifactRequirements {
        let jobID = try context.id(.job)
        let manifest = message.tamed
        guard let artifacts, configuration.takesJobFiles else { return ArtifactRequirements(accepted: false) }
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
        return ArtifactRequirements(uploads: uploads, objectStore: announced.objectStore?.description)
    }

    /// Runners wait for an answer for a minute. What could not be read in this time is sent anew, as if it were not there.
    private static let longestCheck = Duration.seconds(20)

    private func upload(_ request: Request, _ context: APIContext) async throws -> ArtifactProgress {
        guard let artifacts else { throw Problem.notFound("this control plane keeps no files") }
        return try await withRoomNoted(artifacts) { try await upload(request, context, to: artifacts) }
    }

    private func upload(_ request: Request, _ context: APIContext, to artifacts: ArtifactStore) async throws -> ArtifactProgress {
        let jobID = try context.id(.job)
        let sha256 = try context.id(.sha256)
        guard ArtifactManifest.isHash(sha256) else { throw Problem.badParameter("sha256", "must be 64 lower-case hexadecimal digits") }
        let attempt = try request.required(.ownAttempt, request.integer)
        let runnerID = try request.required(.runnerID) { request.text($0) }
        guard context.caller.speaks(for: runnerID) else { throw AccessRefusal.cannotSpeak(for: runnerID, context.caller) }
        let offset = Int64(try request.required(.uploadOffset, request.integer))
        let content = try await ledger.awaitedContent(jobID: jobID, attempt: attempt, runnerID: runnerID, sha256: sha256)
        if let stored = content.stored, try await artifacts.isSound(stored, size: content.size, sha256: sha256) {
            return ArtifactProgress(offset: content.size, complete: true)
        }

        let path = artifacts.uploadPath(content.tenant, content.key, attempt: attempt, sha256: sha256)
        switch try await receive(request, size: content.size, sha256: sha256, at: path, from: offset) {
        case .part(let progress): return progress
        case .whole(let incoming):
            try await store(incoming, sha256: sha256, tenant: content.tenant, replacing: content.stored, in: artifacts) { blob in
                try await ledger.stored(
                    content, attempt: attempt, runnerID: runnerID, sha256: sha256, blob: blob, replacing: content.stored,
                    quotaBytes: artifacts.configuration.quotaBytes)
            }
            return ArtifactProgress(offset: content.size, complete: true)
        }
    }
}
