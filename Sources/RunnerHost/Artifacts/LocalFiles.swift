import FoundationEssentials
import Glibc
import LynxModel
import ObjectStore
import Support

/// The files that an ended attempt left on this machine, according to its report.
struct LocalFiles: Sendable {
    struct File: Sendable {
        var file: ArtifactManifest.File
        /// The directory that the file's path is relative to.
        var directory: String

        /// - Throws: `S3Error.file` if the file no longer exists or has another size.
        func open() throws(S3Error) -> OpenFile {
            let open = try OpenFile(path: file.path, below: directory)
            guard open.size == file.sizeBytes else {
                throw .file(path: open.path, reason: "it had \(file.sizeBytes) bytes and now has \(open.size)")
            }
            return open
        }
    }

    /// The name of the log of what made a bundle's code ready.
    static let buildLog = "build.log"

    private(set) var files: [File] = []
    /// The files that cannot be uploaded, each with the reason.
    private(set) var warnings: [String] = []

    init(_ report: AttemptReport) async throws {
        let result = report.result
        for (artifact, path) in zip(result.artifacts, result.outputFiles)
        where path.utf8.reversed().starts(with: "/\(artifact.path)".utf8.reversed()) {
            add(
                File(
                    file: .init(
                        path: artifact.path, kind: .output, sizeBytes: artifact.sizeBytes, sha256: artifact.sha256,
                        mediaType: artifact.mediaType),
                    // Bytes, because a slash followed by a combining mark is one Character with it.
                    directory: String(decoding: path.utf8.dropLast(artifact.path.utf8.count + 1), as: UTF8.self)))
        }
        guard let directory = result.metadata.directory else { return }
        for name in ["stdout.log", "stderr.log", Self.buildLog] {
            // A simulation that never started has no log files.
            guard let open = try? OpenFile(path: name, below: directory), open.size > 0 else { continue }
            do {
                let hash = try await open.sha256()
                add(
                    File(
                        file: .init(path: name, kind: .log, sizeBytes: open.size, sha256: hash, mediaType: "text/plain; charset=utf-8"),
                        directory: directory))
            } catch let error as S3Error {
                warnings.append(Self.warning(name, error))
            }
        }
    }

    private mutating func add(_ local: File) {
        do throws(S3Error) {
            _ = try local.open()
            files.append(local)
        } catch {
            warnings.append(Self.warning(local.file.path, error))
        }
    }

    static func warning(_ path: String, _ error: any Error) -> String { "\(path) was not uploaded: \(error)" }
}

/// The directory of an attempt whose files have been uploaded.
struct DisposableFiles: Sendable {
    /// Absolute path.
    let directory: String
    let uploaded: [LocalFiles.File]

    /// Removes the directory except for files of the simulation without a copy elsewhere: files that could not be read, whose
    /// names are not valid text, that were left out because there were too many, and links.
    ///
    /// - Returns: whether the whole directory has been removed.
    /// - Throws: `FileError`.
    func remove() throws(FileError) -> Bool {
        let copied = Set(uploaded.map { Array("\($0.directory)/\($0.file.path)".utf8) })
        let top = Array("\(directory)/".utf8)
        return try DirectoryRemoval.remove(directory) { path, kind in
            // All other entries belong to the runner and the engine.
            guard path.starts(with: Self.output) else { return false }
            // Sockets, pipes and devices have no content that could be lost.
            return kind == S_IFLNK || kind == S_IFREG && !copied.contains(top + path)
        }
    }

    /// The beginning of the names of directories that simulations write to: `output`, and those that an engine has set aside
    /// beside it.
    private static let output = Array("output".utf8)
}
