import Foundation
import Hummingbird
import LynxModel
import NIOCore
import Support

/// Code that comes with batches: how clients bring it, and runners fetch it.
extension API {
    var bundleRoutes: [Route] {
        [
            raw(.announceBundle) { request, context in try .json(try await announceBundle(request, context)) },
            raw(.uploadBundleFile) { request, context in try .json(try await uploadBundleFile(request, context)) },
            raw(.bundleFile, serveBundleFile),
        ]
    }

    /// What could not be read in this time is sent anew, as if it were not there.
    private static let longestCheck = Duration.seconds(20)

    private func bundleStore() throws -> ArtifactStore {
        guard let artifacts else { throw Problem.notFound("this control plane keeps no files, and so no bundles") }
        return artifacts
    }

    private func announceBundle(_ request: Request, _ context: APIContext) async throws -> BundleRequirements {
        let artifacts = try bundleStore()
        let text = [UInt8](try await request.bytes(upTo: BundleManifest.mostTextBytes))
        let manifest: BundleManifest
        do throws(BundleManifest.Failure) { manifest = try BundleManifest(text: text) } catch { throw Problem.invalid("body", "\(error)") }
        let sha256 = SHA256.hash(text).hexadecimal
        let tenant = context.caller.tenant
        let announced = try await ledger.announce(
            manifest, sha256: sha256, size: Int64(text.count), tenant: tenant, quotaBytes: artifacts.configuration.quotaBytes)
        let unsound = try await artifacts.unsound(announced, within: Self.longestCheck)
        for content in unsound { context.logger.storedContentReplaced(content.sha256, tenant: tenant) }
        let missing = announced.filter { $0.stored == nil } + unsound
        if missing.contains(where: { $0.sha256 == sha256 }) { try await keep(text, manifest: sha256, tenant: tenant, artifacts) }
        let uploads = missing.filter { $0.sha256 != sha256 }.map { content in
            let path = artifacts.uploadPath(tenant, bundle: sha256, sha256: content.sha256)
            return BundleRequirements.Upload(
                sha256: content.sha256, size: content.size, offset: min(PartialUpload.offset(path), content.size))
        }
        return BundleRequirements(sha256: sha256, uploads: uploads.sorted { $0.sha256 < $1.sha256 })
    }

    /// Stores the manifest itself, which came as the body of a call.
    private func keep(_ text: [UInt8], manifest sha256: String, tenant: String, _ artifacts: ArtifactStore) async throws {
        let content = try await ledger.content(sha256, ofBundle: sha256, tenant: tenant)
        let path = artifacts.uploadPath(tenant, bundle: sha256, sha256: sha256)
        PartialUpload.discard(path)
        do {
            let incoming = try await PartialUpload.open(path, at: 0)
            try await incoming.append(ByteBuffer(bytes: text))
            try await keep(incoming, as: content, artifacts)
        } catch is PartialUpload.Failure {
            throw Problem(title: "Busy", status: 503, detail: "an earlier call is still writing this manifest")
        }
    }

    private func uploadBundleFile(_ request: Request, _ context: APIContext) async throws -> ArtifactProgress {
        let artifacts = try bundleStore()
        let (bundle, sha256) = (try context.id(.bundle), try context.id(.sha256))
        let offset = Int64(try request.required(.uploadOffset, request.integer))
        let content = try await ledger.content(sha256, ofBundle: bundle, tenant: context.caller.tenant)
        if let stored = content.stored, try await artifacts.isSound(stored, size: content.size, sha256: sha256) {
            return ArtifactProgress(offset: content.size, complete: true)
        }
        let path = artifacts.uploadPath(content.tenant, bundle: bundle, sha256: sha256)
        return try await withRoomNoted(artifacts) {
            switch try await receive(request, size: content.size, sha256: sha256, at: path, from: offset) {
            case .part(let progress): return progress
            case .whole(let incoming):
                try await keep(incoming, as: content, artifacts)
                return ArtifactProgress(offset: content.size, complete: true)
            }
        }
    }

    private func keep(_ incoming: PartialUpload, as content: BundleContent, _ artifacts: ArtifactStore) async throws {
        try await store(incoming, sha256: content.sha256, tenant: content.tenant, replacing: content.stored, in: artifacts) { blob in
            try await ledger.stored(content, blob: blob, replacing: content.stored, quotaBytes: artifacts.configuration.quotaBytes)
        }
    }

    @Sendable private func serveBundleFile(_ request: Request, _ context: APIContext) async throws -> Response {
        let artifacts = try bundleStore()
        let content = try await ledger.content(try context.id(.sha256), ofBundle: try context.id(.bundle), tenant: context.caller.tenant)
        let file = LocatedArtifact(
            artifact: StoredArtifact(
                path: content.sha256, kind: .output, attempt: 0, sizeBytes: content.size, sha256: content.sha256,
                mediaType: BinaryContent.mediaType, location: nil, available: content.stored != nil),
            place: content.stored.map { .blob($0) })
        return try await ArtifactResponse(file: file, store: artifacts, logger: context.logger).response(to: request)
    }
}

extension BundleSpec {
    /// - Throws: a `Problem` if it is not one that has been uploaded.
    func check() throws {
        guard sha256 != nil else {
            throw Problem.invalid(
                "config.simulation.bundle.sha256", "is missing; 'path' is for clients, which upload the folder and give its hash here")
        }
    }
}
