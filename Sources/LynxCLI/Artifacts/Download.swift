import LynxModel
import NIOCore
import Synchronization

/// Fetches the files of jobs into a folder, several at a time. What is there already, with the right content, stays.
struct Download: Sendable {
    struct Item: Sendable {
        var jobID: String
        var artifact: StoredArtifact

        /// `<job>/output/<path>`, or `<job>/<stream>.log`: as they lie on a runner.
        var name: [String] {
            let path = artifact.path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            return artifact.kind == .output ? [jobID, "output"] + path : [jobID] + path
        }
    }

    struct Totals: Sendable {
        var fetched = 0
        var bytes: Int64 = 0
        /// Were there already.
        var present = 0
        var failures: [String] = []
    }

    let api: APIClient
    let folder: DownloadFolder
    let parallel: Int
    let status: StatusOutput

    private final class Tally: Sendable {
        let totals = Mutex(Totals())
        let running = Atomic(0)
    }

    func run(_ items: [Item]) async throws -> Totals {
        let begin = ContinuousClock.now
        let tally = Tally()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, item) in items.enumerated() {
                if index >= parallel { try await group.next() }
                group.addTask {
                    try await fetch(item, tally)
                    show(tally, of: items.count, since: begin)
                }
            }
            try await group.waitForAll()
        }
        status.finish()
        return tally.totals.withLock { $0 }
    }

    private func show(_ tally: Tally, of total: Int, since begin: ContinuousClock.Instant) {
        let now = tally.totals.withLock { $0 }
        status.show(
            ProgressSnapshot(
                total: total, completed: now.fetched + now.present, failed: now.failures.count,
                running: tally.running.load(ordering: .relaxed), elapsed: (ContinuousClock.now - begin) / .seconds(1)))
    }

    private func fetch(_ item: Item, _ tally: Tally) async throws {
        tally.running.add(1, ordering: .relaxed)
        defer { tally.running.subtract(1, ordering: .relaxed) }
        do {
            let isFresh = try await fetch(item)
            tally.totals.withLock { totals in
                if isFresh {
                    totals.fetched += 1
                    totals.bytes += item.artifact.sizeBytes
                } else {
                    totals.present += 1
                }
            }
        } catch let error as CLIError where error.exitCode != ExitStatus.badInput {
            tally.totals.withLock { $0.failures.append("\(item.jobID) \(item.artifact.path): \(error.lines[0])") }
        }
    }

    /// - Returns: false if it is there already.
    private func fetch(_ item: Item) async throws -> Bool {
        try Task.checkCancellation()
        let artifact = item.artifact
        if folder.has(item.name, size: artifact.sizeBytes, sha256: artifact.sha256) { return false }
        let file = try folder.create(item.name)
        try await api.download(api.path(of: artifact, job: item.jobID)) { piece in
            try piece.withUnsafeReadableBytes { try file.write($0) }
        }
        try file.finish(sha256: artifact.sha256)
        return true
    }
}
