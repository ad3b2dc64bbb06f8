import FoundationEssentials
import LynxModel
import ObjectStore

/// The files that an ended attempt left on this machine, as its report names them.
struct AttemptFiles: Sendable {
    struct Local: Sendable {
        var file: ArtifactManifest.File
        /// What the file's path is relative to.
        var directory: String

        /// - Throws: `S3Error.file` when it is not there any more, or not of the size it had.
        func open() throws(S3Error) -> OpenFile {
            let open = try OpenFile(path: file.path, below: directory)
            guard open.size == file.sizeBytes else {
                throw .file(path: open.path, reason: "it had \(file.sizeBytes) bytes and now has \(open.size)")
            }
            return open
        }
    }

    private(set) var files: [Local] = []
    /// What can't be uploaded, and why.
    private(set) var warnings: [String] = []

    init(_ report: AttemptReport) async throws {
        let result = report.result
        for (artifact, path) in zip(result.artifacts, result.outputFiles) where path.utf8.reversed().starts(with: "/\(artifact.path)".utf8.reversed()) {
            add(
                Local(
                    file: .init(
                        path: artifact.path, kind: .output, sizeBytes: artifact.sizeBytes, sha256: artifact.sha256,
                        mediaType: artifact.mediaType),
                    // By bytes: a slash before a combining mark is one Character with it.
                    directory: String(decoding: path.utf8.dropLast(artifact.path.utf8.count + 1), as: UTF8.self)))
        }
        guard let directory = result.metadata.directory else { return }
        for name in ["stdout.log", "stderr.log"] {
            // A simulation that never started has none.
            guard let open = try? OpenFile(path: name, below: directory), open.size > 0 else { continue }
            do {
                let hash = try await open.sha256()
                add(
                    Local(
                        file: .init(path: name, kind: .log, sizeBytes: open.size, sha256: hash, mediaType: "text/plain; charset=utf-8"),
                        directory: directory))
            } catch let error as S3Error {
                warnings.append(Self.warning(name, error))
            }
        }
    }

    private mutating func add(_ local: Local) {
        do throws(S3Error) {
            _ = try local.open()
            files.append(local)
        } catch {
            warnings.append(Self.warning(local.file.path, error))
        }
    }

    static func warning(_ path: String, _ error: any Error) -> String { "\(path) was not uploaded: \(error)" }
}
