import NIOCore
import Support
import Synchronization

/// What is wrong with a content that is kept.
enum ContentFault: Error, Hashable, Sendable, CustomStringConvertible {
    case missing
    case length(found: Int64, recorded: Int64)
    case hash

    var description: String {
        switch self {
        case .missing: "is missing"
        case .length(let found, let recorded): "has \(found) bytes instead of \(recorded)"
        case .hash: "has another SHA-256 than it should"
        }
    }
}

/// Which versions of contents this process has read whole, and whether they were what they should be. Bounded: what it has forgotten is
/// read once more.
final class ContentChecks: Sendable {
    private struct Finding {
        var version: String
        var isSound: Bool
    }

    private static let most = 1 << 16

    private let findings = Mutex<[String: Finding]>([:])

    func note(_ place: String, _ content: StoredContent, isSound: Bool) {
        // A store that does not tell versions apart.
        guard !content.version.isEmpty else { return }
        findings.withLock { findings in
            if findings.count >= Self.most { findings.removeAll(keepingCapacity: true) }
            findings[place] = Finding(version: content.version, isSound: isSound)
        }
    }

    /// Nil where this version has not been read.
    func isSound(_ place: String, _ content: StoredContent) -> Bool? {
        findings.withLock { findings in
            guard let finding = findings[place], finding.version == content.version else { return nil }
            return finding.isSound
        }
    }
}

/// Hashes a content as it goes by, and keeps back its last piece until the hash is known to be right: who has been sent the whole length
/// has the right bytes.
struct CheckedPassage {
    let sha256: String
    private var hash = SHA256()
    private var last: ByteBuffer?

    init(sha256: String) { self.sha256 = sha256 }

    mutating func pass(_ piece: ByteBuffer, to write: (ByteBuffer) async throws -> Void) async throws {
        if let last { try await write(last) }
        piece.withUnsafeReadableBytes { hash.update($0) }
        last = piece
    }

    /// - Throws: `ContentFault.hash`; the last piece has not been written then.
    mutating func finish(to write: (ByteBuffer) async throws -> Void) async throws {
        guard hash.finalize().hexadecimal == sha256 else { throw ContentFault.hash }
        if let last { try await write(last) }
        last = nil
    }
}
