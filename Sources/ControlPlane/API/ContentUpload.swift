import Hummingbird
import LynxModel
import NIOCore
import Support

/// A content that comes in as the body of a call, from an offset on.
enum ReceivedContent: Sendable {
    /// Not all of it is there yet.
    case part(ArtifactProgress)
    /// All of it is there, and its hash is right.
    case whole(PartialUpload)
}

extension API {
    /// Receives what a body has of a content, after what earlier calls have left at `path`.
    ///
    /// - Throws: a `Problem` if it is not the content that was announced.
    func receive(_ request: Request, size expected: Int64, sha256: String, at path: String, from offset: Int64) async throws -> ReceivedContent {
        let incoming: PartialUpload
        do {
            incoming = try await PartialUpload.open(path, at: offset)
        } catch PartialUpload.Failure.busy {
            throw Problem(title: "Busy", status: 503, detail: "an earlier call is still writing this content")
        } catch PartialUpload.Failure.offset(let there) {
            if there > expected { PartialUpload.discard(path) }
            return .part(ArtifactProgress(offset: there > expected ? 0 : there, complete: false))
        }
        var digest = try await incoming.digest(upTo: offset)
        var size = offset
        for try await piece in request.body {
            size += Int64(piece.readableBytes)
            guard size <= expected else {
                incoming.discard()
                throw Problem(title: "Too much", status: 413, detail: "the content was announced with \(expected) bytes; more came")
            }
            try await incoming.append(piece)
            piece.withUnsafeReadableBytes { digest.update($0) }
        }
        guard size == expected else { return .part(ArtifactProgress(offset: size, complete: false)) }
        guard digest.finalize().hexadecimal == sha256 else {
            incoming.discard()
            // What was there from before may be to blame: a power cut leaves holes. What came whole is not what was announced.
            if offset > 0 { return .part(ArtifactProgress(offset: 0, complete: false)) }
            throw Problem(title: "Wrong content", status: 422, detail: "the bytes that came do not have the SHA-256 that was announced")
        }
        return .whole(incoming)
    }

    /// Takes a complete content into the store.
    ///
    /// - Parameters:
    ///   - old: what is not sound, and whose place it takes.
    ///   - note: notes it in the ledger; false if another upload of the same content was quicker.
    func store(
        _ incoming: PartialUpload, sha256: String, tenant: String, replacing old: Blob?, in artifacts: ArtifactStore,
        _ note: (Blob) async throws -> Bool
    ) async throws {
        try await incoming.sync()
        let blob = Blob(tenant: tenant, name: Blob.name(sha256: sha256))
        try await artifacts.take(incoming.path, as: blob)
        if ledger.room.hasRoom(for: .artifacts) { ledger.changes.ring() }
        do {
            let isOurs = try await note(blob)
            // The other one is nobody's now; if it cannot be removed, a collection finds it.
            if !isOurs { try await artifacts.blobs.remove(blob) } else if let old { try? await artifacts.blobs.remove(old) }
        } catch {
            try? await artifacts.blobs.remove(blob)
            throw error
        }
    }

    /// Has users told when there is no room for contents.
    func withRoomNoted<Value>(_ artifacts: ArtifactStore, _ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch StorageError.noRoom(let place) {
            if ledger.room.noRoom(for: .artifacts, at: artifacts.configuration.uploads) { ledger.changes.ring() }
            throw StorageError.noRoom(place: place)
        }
    }
}
