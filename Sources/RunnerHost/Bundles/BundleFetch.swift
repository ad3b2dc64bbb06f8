import EventLoop
import Glibc
import LynxModel
import Support

/// Brings the files of a bundle to this machine: those of its contents that are not here yet.
struct BundleFetch: Sendable {
    let client: ControlPlaneClient
    let cache: BundleCache
    let threads: CallThreads
    let maxBytes: Int64

    private static let atOnce = 8
    /// How often a content may arrive damaged: the control plane may be about to get a better one.
    private static let mostDeliveries = 3
    /// What has to stay free on the disk.
    private static let leastFree: Int64 = 256 << 20

    /// The manifest of a bundle, and a folder with its files. The folder has to be released.
    func folder(_ bundle: String, isWanted: @escaping @Sendable () -> Bool) async throws -> BundleCache.Folder {
        let text = try await manifest(bundle, isWanted)
        let manifest: BundleManifest
        do throws(BundleManifest.Failure) {
            manifest = try BundleManifest(text: text)
        } catch {
            throw BundleError(.bundle, "the bundle cannot be used: \(error)")
        }
        guard manifest.size <= maxBytes else {
            throw BundleError(.machine, "the bundle has \(manifest.size) bytes, more than bundle_cache_max_bytes allows on this runner")
        }
        for attempt in 1... {
            try await fetchMissing(manifest, of: bundle, isWanted)
            do {
                return try await threads.run { [cache] in try cache.layOut(manifest, text, as: bundle) }
            } catch is BundleCache.ContentMissing {
                // It was removed for want of room, or found damaged, since it was looked for.
                if attempt == 3 { throw BundleError(.machine, "the bundle cache loses contents; its disk may be damaged") }
            }
        }
        preconditionFailure("the loop ends by returning or throwing")
    }

    private func manifest(_ bundle: String, _ isWanted: @escaping @Sendable () -> Bool) async throws -> [UInt8] {
        let path = temporaryPath(bundle)
        try await download(bundle, of: bundle, to: path, size: nil, isWanted)
        defer { unlink(path) }
        guard let text = WholeFile.read(path, atMost: BundleManifest.mostTextBytes) else {
            throw BundleError(.bundle, "the bundle cannot be used: its manifest is too long")
        }
        return text
    }

    private func fetchMissing(_ manifest: BundleManifest, of bundle: String, _ isWanted: @escaping @Sendable () -> Bool) async throws {
        let contents = Dictionary(manifest.files.map { ($0.sha256, $0) }, uniquingKeysWith: { first, _ in first })
        let missing = try await threads.run { [cache] in contents.values.filter { !cache.blobs.holds($0.sha256, size: $0.size) } }
        let bytes = missing.reduce(0) { $0 + $1.size }
        guard bytes + Self.leastFree <= freeBytes else {
            throw BundleError(.machine, "the disk of the bundle cache '\(cache.root)' has no room for \(bytes) bytes of the bundle; make room there")
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, file) in missing.enumerated() {
                if index >= Self.atOnce { try await group.next() }
                group.addTask { [self] in
                    let path = temporaryPath(file.sha256)
                    try await download(file.sha256, of: bundle, to: path, size: file.size, isWanted)
                    try await threads.run { [cache] in try cache.blobs.take(path, as: file.sha256, isExecutable: file.isExecutable) }
                }
            }
            try await group.waitForAll()
        }
    }

    /// Downloads a content, and tries again for as long as the control plane is away and somebody waits.
    private func download(
        _ sha256: String, of bundle: String, to path: String, size: Int64?, _ isWanted: @escaping @Sendable () -> Bool
    ) async throws {
        var backoff = Backoff()
        var deliveries = 0
        while true {
            guard isWanted() else { throw CancellationError() }
            do {
                let found = try await client.download(sha256, ofBundle: bundle, to: path, atMost: size ?? Int64(BundleManifest.mostTextBytes))
                if found == sha256 { return }
                unlink(path)
                deliveries += 1
                guard deliveries < Self.mostDeliveries else { throw Self.damaged("its SHA-256 is not \(sha256)") }
                try await Task.sleep(for: backoff.next())
            } catch let error as ControlPlaneError {
                unlink(path)
                if error.isOfDamage {
                    deliveries += 1
                    guard deliveries < Self.mostDeliveries else { throw Self.damaged("\(error)") }
                }
                guard case .retry(let notBefore) = error.advice else {
                    throw error.status == 404 && error.isProblem
                        ? BundleError(.gone, "the control plane does not keep this bundle any more; submit the batch again")
                        : BundleError(.machine, "the bundle cannot be fetched: \(error)")
                }
                try await Task.sleep(for: max(backoff.next(), notBefore ?? .zero))
            } catch {
                unlink(path)
                throw error
            }
        }
    }

    private static func damaged(_ reason: String) -> BundleError {
        BundleError(.delivery, "a content of the bundle does not arrive as it should: \(reason)")
    }

    private func temporaryPath(_ sha256: String) -> String { "\(cache.temporary)/\(sha256)-\(UInt64.random(in: 0 ... .max))" }

    private var freeBytes: Int64 {
        var room = statvfs()
        guard statvfs(cache.root, &room) == 0 else { return .max }
        return Int64(clamping: UInt64(room.f_bavail) * UInt64(room.f_frsize))
    }
}
