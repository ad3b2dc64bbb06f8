import Glibc
import LynxModel
import Support

/// The bundle of a batch file on this machine, before it has gone to any control plane: what `runner-host prepare` makes ready.
package struct LocalBundle: Sendable {
    /// The folder, and a file with the manifest of what goes along of it.
    package struct Files: Sendable {
        package var folder: String
        package var manifest: String

        package init(folder: String, manifest: String) {
            self.folder = folder
            self.manifest = manifest
        }
    }

    /// The batch file, where errors have their places.
    package var batchFile: String
    /// Nil if the bundle is on a control plane already.
    package var files: Files?

    package init(batchFile: String, files: Files?) {
        self.batchFile = batchFile
        self.files = files
    }
}

extension LocalBundle.Files {
    /// Code that lies in a cache of its own.
    struct Ready: Sendable {
        var root: String
        /// The environment with the requirements; nil if there are none, or they were not to be installed.
        var environment: String?
        /// What installing and building printed.
        var log: [UInt8] = []
    }

    /// Lays the files out as a runner would. Blocks; the calling thread has to live as long as the process.
    ///
    /// - Parameter runsCommands: whether requirements are installed and build commands run.
    /// - Throws: `BundleError`, `FileError`.
    func makeReady(_ bundle: BundleSpec, _ settings: BundleStore.Settings, runsCommands: Bool) throws -> Ready {
        let cache = try BundleCache(root: settings.root, maxBytes: .max)
        guard let text = WholeFile.read(manifest, atMost: BundleManifest.mostTextBytes) else { throw BundleError(.bundle, "its manifest cannot be read") }
        let content: BundleManifest
        do throws(BundleManifest.Failure) { content = try BundleManifest(text: text) } catch { throw BundleError(.bundle, error.description) }
        for file in content.files where !cache.blobs.holds(file.sha256, size: file.size) { try take(file, into: cache) }
        var hash = SHA256()
        hash.update(text)
        let sha256 = hash.finalize().hexadecimal
        var ready = Ready(root: try cache.layOut(content, text, as: sha256).path)
        guard runsCommands else { return ready }
        let limits = BundleCommand.Limits(seconds: settings.buildSeconds, bytes: settings.buildMaxBytes)
        if let requirements = bundle.requirements {
            let environment = BundleEnvironment(python: settings.python, files: ready.root, requirements: requirements, bundle: sha256, limits: limits)
            let made = try environment.make(try environment.key(CodeFiles()), in: cache, { true })
            ready.environment = made.path
            ready.log += WholeFile.read(cache.note(of: made)) ?? []
        }
        if let commands = bundle.build, !commands.isEmpty {
            let build = BundleBuild(files: ready.root, commands: commands, environment: ready.environment, variables: bundle.variables, limits: limits)
            let made = try build.make(build.key(bundle: sha256), in: cache, { true })
            ready.root = made.path
            ready.log += WholeFile.read(cache.note(of: made)) ?? []
        }
        return ready
    }

    private func take(_ file: BundleManifest.File, into cache: BundleCache) throws {
        // A link within the folder stands for the file that it leads to.
        guard let real = realpath("\(folder)/\(file.path)", nil) else { throw FileError.last("read", "\(folder)/\(file.path)") }
        defer { free(real) }
        let copy = "\(cache.temporary)/\(file.sha256)"
        try BundleBlobs.copy(String(cString: real), to: copy)
        guard try BundleBlobs.hash(of: copy) == file.sha256 else { throw BundleError(.bundle, "'\(file.path)' changes while it is read") }
        try cache.blobs.take(copy, as: file.sha256, isExecutable: file.isExecutable)
    }
}
