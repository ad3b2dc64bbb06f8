import EventLoop
import Glibc
package import Logging
import LynxModel
import Support
import Synchronization

/// Makes the code of bundles ready on this machine: their files, an environment with their requirements, and what their build
/// commands make, each once for each content.
package final class BundleStore: Sendable {
    package struct Settings: Sendable {
        /// The folder of the cache.
        package var root: String
        package var maxBytes: Int64
        package var buildSeconds: Int
        package var buildMaxBytes: Int64
        /// The Python interpreter that environments are made with.
        package var python: String
    }

    /// Code that can be run until it is released.
    struct Ready: Sendable {
        /// The folder with the files.
        var root: String
        /// The environment with the requirements; nil if there are none.
        var environment: String?
        /// What installing and building printed.
        var log: [UInt8] = []
        fileprivate var folders: [BundleCache.Folder]
    }

    private let settings: Settings
    private let client: ControlPlaneClient
    private let logger: Logger
    private let opened = Mutex<BundleCache?>(nil)
    private let work = BundleWork()
    private let code = CodeFiles()
    /// Programs that these threads start end with them, so they last as long as this object.
    private let threads = CallThreads(name: "lynx-bundles", most: 8)

    package init(_ settings: Settings, client: ControlPlaneClient, logger: Logger) {
        self.settings = settings
        self.client = client
        self.logger = logger
    }

    /// Makes the code of a bundle ready; waits for as long as that takes, and gives it up when the task is cancelled and nobody
    /// else waits. It has to be released.
    ///
    /// - Throws: `BundleError`, `CancellationError`.
    func prepare(_ bundle: BundleSpec) async throws -> Ready {
        guard let sha256 = bundle.sha256, BundleManifest.isHash(sha256) else { throw BundleError(.bundle, "the batch names no bundle by its hash") }
        do {
            let cache = try cache()
            let files = try await folder(.files, sha256, in: cache) { [self] isWanted in
                logger.info("bundle is fetched", metadata: ["bundle": "\(sha256)"])
                let fetch = BundleFetch(client: client, cache: cache, threads: threads, maxBytes: settings.maxBytes)
                return try await fetch.folder(sha256, isWanted: isWanted)
            }
            var ready = Ready(root: files.path, folders: [files])
            do {
                try await install(bundle, sha256, cache, &ready)
                try await build(bundle, sha256, cache, &ready)
                return ready
            } catch {
                release(ready)
                throw error
            }
        } catch let error as FileError {
            throw BundleError(error)
        }
    }

    func release(_ ready: Ready) {
        guard let cache = opened.withLock({ $0 }) else { return }
        for folder in ready.folders { cache.release(folder) }
    }

    private func cache() throws(FileError) -> BundleCache {
        let result = opened.withLock { opened -> Result<BundleCache, FileError> in
            if let opened { return .success(opened) }
            return Result { () throws(FileError) in try BundleCache(root: settings.root, maxBytes: settings.maxBytes) }.map { cache in
                opened = cache
                return cache
            }
        }
        return try result.get()
    }

    /// A folder of the cache, which is made if it is not there. It has to be released.
    private func folder(
        _ kind: BundleCache.Kind, _ key: String, in cache: BundleCache,
        make: @escaping @Sendable (_ isWanted: @escaping @Sendable () -> Bool) async throws -> BundleCache.Folder
    ) async throws -> BundleCache.Folder {
        for _ in 0..<3 {
            if let found = try await threads.run({ cache.find(kind, key) }) { return found }
            try await work.once("\(kind) \(key)") { [threads] isWanted in
                let folder = try await make(isWanted)
                try await threads.run { cache.makeRoom() }
                cache.release(folder)
            }
        }
        throw BundleError(.machine, "what was made of the bundle does not stay in the cache '\(cache.root)'; bundle_cache_max_bytes may be too small")
    }

    private func install(_ bundle: BundleSpec, _ sha256: String, _ cache: BundleCache, _ ready: inout Ready) async throws {
        guard let requirements = bundle.requirements else { return }
        let environment = BundleEnvironment(
            python: settings.python, files: ready.root, requirements: requirements, bundle: sha256,
            limits: .init(seconds: settings.buildSeconds, bytes: settings.buildMaxBytes))
        let key = try await threads.run { [code] in try environment.key(code) }
        let folder = try await folder(.environments, key, in: cache) { [self] isWanted in
            logger.info("requirements are installed", metadata: ["bundle": "\(sha256)", "requirements": "\(requirements)"])
            return try await threads.run { try environment.make(key, in: cache, isWanted) }
        }
        ready.folders.append(folder)
        ready.environment = folder.path
        ready.log += WholeFile.read(cache.note(of: folder)) ?? []
    }

    private func build(_ bundle: BundleSpec, _ sha256: String, _ cache: BundleCache, _ ready: inout Ready) async throws {
        guard let commands = bundle.build, !commands.isEmpty else { return }
        let build = BundleBuild(
            files: ready.root, commands: commands, environment: ready.environment, variables: bundle.variables,
            limits: .init(seconds: settings.buildSeconds, bytes: settings.buildMaxBytes))
        let key = build.key(bundle: sha256)
        let folder = try await folder(.builds, key, in: cache) { [self] isWanted in
            logger.info("bundle is built", metadata: ["bundle": "\(sha256)"])
            return try await threads.run { try build.make(key, in: cache, isWanted) }
        }
        ready.folders.append(folder)
        ready.root = folder.path
        ready.log += WholeFile.read(cache.note(of: folder)) ?? []
    }
}
