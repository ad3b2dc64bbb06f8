import FoundationEssentials
import Glibc
import HTTPTypes
import Hummingbird
import LynxModel
import NIOCore
import NIOPosix
import Support

/// The files of an attempt where its runner left them on this machine: for a control plane that serves its own user's studies, whose
/// runner uploads nothing.
///
/// Only what the attempt's result lists can be read, and the two logs. Symbolic links are not followed.
struct RunnersFiles: Sendable {
    struct File: Sendable {
        var artifact: StoredArtifact
        /// Absolute.
        var directory: String
        /// Below it, one for each folder and the file.
        var names: [String]
    }

    let files: [File]

    /// - Parameter result: of the attempt.
    init(_ result: JobResult, attempt: Int) {
        var files: [File] = []
        func add(_ artifact: Artifact, _ kind: ArtifactKind, in directory: String) {
            let names = artifact.path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { String(Substring($0)) }
            guard directory.utf8.first == UInt8(ascii: "/"), !names.contains(where: { ["", ".", ".."].contains($0) }) else { return }
            let stored = StoredArtifact(
                path: artifact.path, kind: kind, attempt: attempt, sizeBytes: artifact.sizeBytes, sha256: artifact.sha256,
                mediaType: artifact.mediaType, location: nil, available: true)
            files.append(File(artifact: stored, directory: directory, names: names))
        }
        for (artifact, path) in zip(result.artifacts, result.outputFiles) {
            // Bytes, because a slash followed by a combining mark is one Character with it.
            guard path.utf8.reversed().starts(with: "/\(artifact.path)".utf8.reversed()) else { continue }
            add(artifact, .output, in: String(decoding: path.utf8.dropLast(artifact.path.utf8.count + 1), as: UTF8.self))
        }
        if let directory = result.metadata.directory {
            for name in ["stdout.log", "stderr.log"] {
                guard let status = FileStatus("\(directory)/\(name)", followsLinks: false), status.isRegular, status.size > 0 else { continue }
                add(Artifact(path: name, sizeBytes: status.size, sha256: "", mediaType: "text/plain; charset=utf-8"), .log, in: directory)
            }
        }
        self.files = files
    }

    /// As they are listed; one that is gone is not available.
    var listed: [StoredArtifact] {
        files.map { file in
            var artifact = file.artifact
            artifact.available = file.open() != nil
            return artifact
        }
    }

    func file(_ kind: ArtifactKind, _ path: String) -> File? { files.first { $0.artifact.kind == kind && $0.artifact.path == path } }
}

/// A file that is being read.
final class OpenRunnersFile: Sendable {
    private let descriptor: OwnedDescriptor
    let status: FileStatus

    fileprivate init?(_ file: RunnersFiles.File) {
        guard let descriptor = try? OwnedDescriptor.open(file.names, below: file.directory, O_RDONLY | O_NONBLOCK),
            let status = FileStatus(descriptor: descriptor.raw), status.isRegular
        else { return nil }
        self.descriptor = descriptor
        self.status = status
    }

    /// Hands on the bytes of a range, piece by piece; fewer where the file has become shorter.
    func read(_ range: Range<Int64>, _ write: (ByteBuffer) async throws -> Void) async throws {
        var offset = range.lowerBound
        while offset < range.upperBound {
            let (start, count) = (offset, Int(min(range.upperBound - offset, 256 << 10)))
            let bytes = try await NIOThreadPool.singleton.runIfActive { self.descriptor.bytes(at: start, count: count) }
            if bytes.isEmpty { return }
            try await write(ByteBuffer(bytes: bytes))
            offset += Int64(bytes.count)
        }
    }
}

extension RunnersFiles.File {
    /// Nil for what is gone, or is no regular file below its directory.
    func open() -> OpenRunnersFile? { OpenRunnersFile(self) }

    /// The file or the range asked for, with the headers of a stored one.
    func response(to request: Request) throws -> Response {
        guard let open = open() else { throw Problem.notFound("'\(artifact.path)' is not where its runner left it any more") }
        // A simulation's user may have changed the file since: what it is now is told, not what was reported.
        let (size, tag) = (open.status.size, "\"\(open.status.size)-\(open.status.modified)\"")
        var headers = ArtifactResponse.headers(path: artifact.path, mediaType: artifact.mediaType, tag: tag)
        if ArtifactResponse.lists(request.headers[.ifNoneMatch], tag) { return Response(status: .notModified, headers: headers) }
        let isCurrent = request.headers[.ifRange].map { $0 == tag } ?? true
        var (range, status) = (0..<size, HTTPResponse.Status.ok)
        switch ByteRange(header: isCurrent && request.method == .get ? request.headers[.range] : nil, size: size) {
        case .whole: break
        case .part(let part):
            (range, status) = (part, .partialContent)
            headers[.contentRange] = "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(size)"
        case .unsatisfiable: return try ArtifactResponse.unsatisfiable(request, size: size)
        }
        let (part, isRead) = (range, request.method != .head)
        return Response(
            status: status, headers: headers,
            body: ResponseBody(contentLength: range.count) { writer in
                var lent = writer
                if isRead { try await open.read(part) { try await lent.write($0) } }
                writer = lent
                try await writer.finish(nil)
            })
    }
}

extension Ledger {
    /// What an attempt left on this machine, by its result; nil where it has none yet.
    ///
    /// - Parameter attempt: nil: the latest.
    func runnersFiles(jobID: String, attempt: Int?) async throws -> RunnersFiles? {
        guard let key = JobKey(jobID: jobID) else { throw LedgerError.noSuchJob(jobID) }
        let found = try await driver.read { connection -> (JobResult, Int)? in
            guard let job = try connection.job(key) else { throw LedgerError.noSuchJob(jobID) }
            let attempt = attempt ?? job.presentAttempt
            guard let row = try connection.row(SQL.attemptResult, key.values + [.int(attempt)]) else { return nil }
            return (try WireJSON.decode(JobResult.self, from: Data(try row.text("summary").utf8)), attempt)
        }
        return found.map { RunnersFiles($0.0, attempt: $0.1) }
    }
}
