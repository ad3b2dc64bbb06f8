import FoundationEssentials
import LynxDocument
package import LynxModel
import NIOCore
import Support

/// Brings the folder that a batch names to the control plane: the files that it does not have yet.
package struct BundleUpload: Sendable {
    let api: APIClient
    /// Told what a person should know before anything leaves.
    let tell: @Sendable (String) -> Void

    package init(api: APIClient, tell: @escaping @Sendable (String) -> Void) {
        self.api = api
        self.tell = tell
    }

    private static let atOnce = 6
    private static let largeFile: Int64 = 50 << 20
    private static let mostTries = 5

    /// The batch with the bundle's hash in the place of its folder, once all its files are there.
    package func resolved(_ submission: BatchSubmission) async throws -> BatchSubmission {
        guard let path = submission.config.simulation.bundle?.path else { return submission }
        let folder = try BundleFolder(path)
        try folder.check(submission.config.simulation.bundle!)
        let manifest = try folder.manifest()
        let sha256 = try await upload(folder, manifest)
        var resolved = submission
        resolved.config.simulation.bundle?.path = nil
        resolved.config.simulation.bundle?.sha256 = sha256
        return resolved
    }

    private func upload(_ folder: BundleFolder, _ manifest: BundleManifest) async throws -> String {
        let needed = try await api.announce(manifest)
        let bytes = needed.uploads.reduce(0) { $0 + $1.size - $1.offset }
        let files = "bundle \(needed.sha256.prefix(12)): \(NumberText.count(folder.files.count, "file")), \(NumberText.bytes(folder.size))"
        if needed.uploads.isEmpty {
            tell("\(files); the control plane has all of it")
        } else {
            tell("\(files); \(NumberText.bytes(bytes)) to upload in \(NumberText.count(needed.uploads.count, "file"))")
        }
        let sources = Dictionary(zip(manifest.files.map(\.sha256), folder.files), uniquingKeysWith: { first, _ in first })
        for upload in needed.uploads where upload.size >= Self.largeFile {
            if let file = sources[upload.sha256] { tell("  \(file.path) is large: \(NumberText.bytes(file.size)); .lynxignore leaves out what the simulation does not need") }
        }
        let progress = UploadProgress(files: needed.uploads.count, bytes: bytes, tell: tell)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, upload) in needed.uploads.enumerated() {
                if index >= Self.atOnce { try await group.next() }
                guard let file = sources[upload.sha256] else { continue }
                group.addTask { [self] in
                    try await send(file, upload, of: needed.sha256)
                    progress.sent(upload.size - upload.offset)
                }
            }
            try await group.waitForAll()
        }
        return needed.sha256
    }

    private func send(_ file: BundleFolder.File, _ upload: BundleRequirements.Upload, of bundle: String) async throws {
        var offset = upload.offset
        for attempt in 1... {
            do {
                let progress = try await api.upload(file.source, size: file.size, from: offset, sha256: upload.sha256, bundle: bundle)
                if progress.complete { return }
                offset = progress.offset
                if attempt >= Self.mostTries { throw CLIError.unavailable("\(file.path) does not arrive whole at the control plane") }
            } catch let error as CLIError where error.exitCode == ExitStatus.unavailable && attempt < Self.mostTries {
                try await Task.sleep(for: .milliseconds(250) * (1 << attempt))
                // What has arrived of it is told by the answer to an offset that is wrong.
                offset = 0
            }
        }
    }
}

extension BundleFolder {
    /// Checks what is run against what is there.
    ///
    /// - Throws: `CLIError` with a line for each problem.
    func check(_ bundle: BundleSpec) throws(CLIError) {
        let found = problems(with: bundle).map { "\($0.fieldPath): \($0.message)" } + secretProblems
        guard found.isEmpty else { throw CLIError(found, exitCode: ExitStatus.badInput) }
    }

    /// What the batch names of the bundle and it does not have.
    func problems(with bundle: BundleSpec) -> [FieldProblem] {
        func problem(_ field: String, _ message: String) -> FieldProblem {
            FieldProblem(["config", "simulation", "bundle", .key(field)], "the bundle of \(root) has no \(message)")
        }
        var problems: [FieldProblem] = []
        if bundle.build == nil, let entrypoint = bundle.entrypoint, !has(entrypoint) {
            problems.append(problem("entrypoint", "file '\(entrypoint)'\(guess(entrypoint))"))
        }
        if let requirements = bundle.requirements, !has(requirements) {
            problems.append(problem("requirements", "file '\(requirements)'\(guess(requirements))"))
        }
        if bundle.build == nil, let directory = bundle.workingDirectory, directory != ".", !holds(directory) || has(directory) {
            let guess = Suggestion.closest(to: directory, among: folders).map { "; did you mean '\($0)'?" } ?? "; give the path of a folder with files from the bundle's root"
            problems.append(problem("working_directory", "folder '\(directory)'\(guess)"))
        }
        return problems
    }

    /// A line for each file that looks as if it held a secret.
    var secretProblems: [String] {
        secrets.map { "\(root)/\($0): looks like a secret; leave it out by .lynxignore, or write the line '!\($0)' there if it is to go along" }
    }

    /// Whether a file or folder goes along.
    func holds(_ path: String) -> Bool { files.contains { $0.path == path || $0.path.hasPrefix(path + "/") } }

    /// All folders with files.
    private var folders: [String] {
        var found: Set<String> = []
        for file in files {
            var path = file.path[...]
            while let slash = path.lastIndex(of: "/") {
                path = path[..<slash]
                found.insert(String(path))
            }
        }
        return found.sorted()
    }

    /// What to do about a file that does not go along.
    func guess(_ path: String) -> String {
        if FileStatus("\(root)/\(path)") != nil { return "; .gitignore or .lynxignore leaves it out" }
        return Suggestion.closest(to: path, among: files.map(\.path)).map { "; did you mean '\($0)'?" } ?? "; give its path from the bundle's root"
    }

    /// Reads all files.
    func manifest() throws -> BundleManifest {
        do {
            return try BundleManifest(
                files.map { file in
                    .init(path: file.path, size: file.size, isExecutable: file.isExecutable, sha256: try Self.sha256(file))
                })
        } catch let error as BundleManifest.Failure {
            throw CLIError.badInput("the folder \(root) is no bundle: \(error)")
        }
    }

    private static func sha256(_ file: File) throws -> String {
        var hash = SHA256()
        var size: Int64 = 0
        do throws(FileError) {
            try OwnedDescriptor.open(file.source, 0).readPieces(of: 256 << 10, file.source) { piece in
                hash.update(piece)
                size += Int64(piece.count)
                return true
            }
        } catch {
            throw CLIError.badInput("\(file.source): cannot be read: \(error.reason)")
        }
        guard size == file.size else { throw CLIError.badInput("\(file.source): changes while it is read; submit when it is whole") }
        return hash.finalize().hexadecimal
    }
}

extension NumberText {
    /// Such as `512 B`, `48.3 kB`, `1.2 GB`.
    static func bytes(_ count: Int64) -> String {
        var value = Double(count)
        for unit in ["B", "kB", "MB", "GB"] {
            if value < 1000 { return unit == "B" ? "\(count) B" : "\(fixed(value, digits: 1)) \(unit)" }
            value /= 1000
        }
        return "\(fixed(value, digits: 1)) TB"
    }
}
