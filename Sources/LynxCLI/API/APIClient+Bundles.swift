import AsyncHTTPClient
import FoundationEssentials
import Glibc
import LynxModel
import NIOCore
import Support

extension APIClient {
    /// Says what files a bundle has.
    ///
    /// - Returns: what of it is to be uploaded.
    /// - Throws: `CLIError`.
    func announce(_ manifest: BundleManifest) async throws -> BundleRequirements {
        try await call(.announceBundle, content: .bytes(ByteBuffer(bytes: manifest.text)))
    }

    /// Sends a content of a bundle from `offset` on.
    ///
    /// - Throws: `CLIError`.
    func upload(_ path: String, size: Int64, from offset: Int64, sha256: String, bundle: String) async throws -> ArtifactProgress {
        let rest = size - offset
        return try await call(
            .uploadBundleFile, [.bundle: bundle, .sha256: sha256, .uploadOffset: Int(offset)],
            content: rest == 0 ? .bytes(ByteBuffer()) : .stream(FilePieces(path: path, start: offset, end: size), length: .known(rest)))
    }
}

/// The bytes of a file from one place to another, piece by piece. What the file has become too short for is missing.
private struct FilePieces: AsyncSequence, Sendable {
    let path: String
    let start: Int64
    let end: Int64

    final class Iterator: AsyncIteratorProtocol {
        private let path: String
        private var place: Int64
        private let end: Int64
        private let file: Int32

        init(_ pieces: FilePieces) {
            path = pieces.path
            place = pieces.start
            end = pieces.end
            file = open(pieces.path, O_RDONLY | O_CLOEXEC)
        }

        deinit { if file >= 0 { close(file) } }

        func next() async throws -> ByteBuffer? {
            guard place < end else { return nil }
            guard file >= 0 else { throw CLIError.badInput("\(path): cannot be read any more") }
            let count = Int(Swift.min(end - place, 1 << 20))
            var bytes = [UInt8](repeating: 0, count: count)
            let read = pread(file, &bytes, count, off_t(place))
            guard read > 0 else { throw CLIError.badInput("\(path): has changed since it was looked at; submit when it is whole") }
            place += Int64(read)
            return ByteBuffer(bytes: bytes[..<read])
        }
    }

    func makeAsyncIterator() -> Iterator { Iterator(self) }
}
