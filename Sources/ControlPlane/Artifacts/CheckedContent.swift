import LynxModel
import NIOCore
import ObjectStore
import Support

/// A stored file that is about to be sent. Its length, and the hash of one that is not large, are known to be right; the hash of a large
/// one is checked as it goes by.
struct CheckedContent: Sendable {
    private enum Source: Sendable {
        case memory(ByteBuffer)
        /// `check` is to be called with what the hash turned out to be.
        case passage(OpenContent, sha256: String?, check: @Sendable (_ isSound: Bool) -> Void)
    }

    private let source: Source
    /// How many bytes there are to come.
    private let count: Int64

    static func memory(_ bytes: ByteBuffer) -> CheckedContent {
        CheckedContent(source: .memory(bytes), count: Int64(bytes.readableBytes))
    }

    static func passage(
        _ content: OpenContent, count: Int64, sha256: String? = nil, check: @escaping @Sendable (_ isSound: Bool) -> Void = { _ in }
    ) -> CheckedContent {
        CheckedContent(source: .passage(content, sha256: sha256, check: check), count: count)
    }

    /// - Throws: `ContentFault`, before the last byte has been written; what the store throws; what `write` throws.
    func read(write: (ByteBuffer) async throws -> Void) async throws {
        switch source {
        case .memory(let bytes): if bytes.readableBytes > 0 { try await write(bytes) }
        case .passage(let content, let sha256, let check):
            var passage = sha256.map { CheckedPassage(sha256: $0) }
            var found: Int64 = 0
            try await content.read { piece in
                found += Int64(piece.readableBytes)
                guard found <= count else { throw ContentFault.length(found: found, recorded: count) }
                if passage != nil { try await passage?.pass(piece, to: write) } else { try await write(piece) }
            }
            guard found == count else { throw ContentFault.length(found: found, recorded: count) }
            do {
                try await passage?.finish(to: write)
            } catch let fault as ContentFault {
                check(false)
                throw fault
            }
            if sha256 != nil { check(true) }
        }
    }
}

extension ArtifactStore {
    /// Larger ones are not held in memory to be checked before the first byte is sent.
    private static let largestInMemory: Int64 = 8 << 20

    /// Begins to read a part of a stored file.
    ///
    /// - Throws: `ContentFault`, and what the store throws.
    func open(_ place: LocatedArtifact.Place, _ file: StoredArtifact, _ range: Range<Int64>) async throws -> CheckedContent {
        let isWhole = range == 0..<file.sizeBytes
        let opened = try await content(place, isWhole || range.isEmpty ? nil : range)
        try Self.checkLength(opened.content.size, file.sizeBytes)
        let name = name(place)
        switch checks.isSound(name, opened.content) {
        case true?: return range.isEmpty ? .memory(ByteBuffer()) : .passage(opened, count: Int64(range.count))
        case false?: throw ContentFault.hash
        case nil: break
        }
        if file.sizeBytes <= Self.largestInMemory {
            let whole = isWhole || range.isEmpty ? opened : try await content(place, nil)
            var bytes = ByteBuffer()
            try await whole.read { piece in
                var piece = piece
                bytes.writeBuffer(&piece)
                if bytes.readableBytes > Int(file.sizeBytes) { try Self.checkLength(Int64(bytes.readableBytes), file.sizeBytes) }
            }
            try Self.checkLength(Int64(bytes.readableBytes), file.sizeBytes)
            let isSound = bytes.withUnsafeReadableBytes { SHA256.hash($0) }.hexadecimal == file.sha256
            checks.note(name, whole.content, isSound: isSound)
            guard isSound else { throw ContentFault.hash }
            return .memory(bytes.getSlice(at: bytes.readerIndex + Int(range.lowerBound), length: range.count) ?? ByteBuffer())
        }
        guard isWhole else { return range.isEmpty ? .memory(ByteBuffer()) : .passage(opened, count: Int64(range.count)) }
        return .passage(opened, count: file.sizeBytes, sha256: file.sha256) { [checks] isSound in
            checks.note(name, opened.content, isSound: isSound)
        }
    }

    /// What can be told of a stored file without reading it.
    ///
    /// - Throws: `ContentFault`, and what the store throws.
    func check(_ place: LocatedArtifact.Place, _ file: StoredArtifact) async throws {
        let content =
            switch place {
            case .blob(let blob): try await blobs.look(at: blob)
            case .bucket(let address): try await bucketClient().look(at: address)
            }
        try Self.checkLength(content.size, file.sizeBytes)
        if checks.isSound(name(place), content) == false { throw ContentFault.hash }
    }

    /// Reads a stored content whole.
    ///
    /// - Parameter end: when to give up.
    /// - Throws: `ContentFault`, `CancellationError` when it has given up, and what the store throws.
    func verify(_ place: LocatedArtifact.Place, size: Int64, sha256: String, until end: ContinuousClock.Instant? = nil) async throws {
        let opened = try await content(place, nil)
        try Self.checkLength(opened.content.size, size)
        var hash = SHA256()
        var found: Int64 = 0
        try await opened.read { piece in
            if let end, end <= .now { throw CancellationError() }
            found += Int64(piece.readableBytes)
            piece.withUnsafeReadableBytes { hash.update($0) }
        }
        try Self.checkLength(found, size)
        let isSound = hash.finalize().hexadecimal == sha256
        checks.note(name(place), opened.content, isSound: isSound)
        guard isSound else { throw ContentFault.hash }
    }

    /// For people: where a stored content is.
    func name(_ place: LocatedArtifact.Place) -> String {
        switch place {
        case .blob(let blob): blobs.place(of: blob)
        case .bucket(let address): address.description
        }
    }

    private func content(_ place: LocatedArtifact.Place, _ range: Range<Int64>?) async throws -> OpenContent {
        switch place {
        case .blob(let blob): try await blobs.open(blob, range)
        case .bucket(let address): try await bucketClient().content(address, range)
        }
    }

    private static func checkLength(_ found: Int64, _ recorded: Int64) throws(ContentFault) {
        if found != recorded { throw .length(found: found, recorded: recorded) }
    }
}

// What the ledger says is there already
extension ArtifactStore {
    /// Takes over a complete file, whose hash has been seen to be right.
    func take(_ file: String, as blob: Blob) async throws {
        checks.note(blobs.place(of: blob), try await blobs.take(file, as: blob), isSound: true)
    }

    /// Whether a content is there, of the right length and with the right hash. One that this process has not read is read.
    ///
    /// - Parameter end: from when on what has to be read counts as unsound.
    /// - Throws: `S3Error` where a bucket gives no answer.
    func isSound(_ blob: Blob, size: Int64, sha256: String, until end: ContinuousClock.Instant? = nil) async throws -> Bool {
        do {
            if let end, end <= .now { return false }
            let content = try await blobs.look(at: blob)
            guard content.size == size else { return false }
            if let known = checks.isSound(blobs.place(of: blob), content) { return known }
            try await verify(.blob(blob), size: size, sha256: sha256, until: end)
            return true
        } catch let error where error is ContentFault || error is StorageError || error is CancellationError {
            // Whatever keeps it from being read, it is not to be relied on.
            return false
        }
    }

    /// Those of the contents that the ledger has and that are not there as they should be; also those that could not be read within
    /// the time.
    func unsound(_ contents: [AnnouncedFiles.Content], within limit: Duration) async throws -> [AnnouncedFiles.Content] {
        let stored = contents.filter { $0.stored != nil }
        let end = ContinuousClock.now + limit
        return try await withThrowingTaskGroup(of: (AnnouncedFiles.Content, Bool).self) { group in
            var unsound: [AnnouncedFiles.Content] = []
            var next = 0
            for content in stored {
                if next >= Self.checksAtOnce, let (done, isSound) = try await group.next(), !isSound { unsound.append(done) }
                next += 1
                group.addTask {
                    guard let blob = content.stored else { return (content, false) }
                    return (content, try await self.isSound(blob, size: content.size, sha256: content.sha256, until: end))
                }
            }
            for try await (done, isSound) in group where !isSound { unsound.append(done) }
            return unsound
        }
    }

    private static let checksAtOnce = 8
}
