package import LynxModel
import NIOCore
import Synchronization

/// Fetches the files of jobs into a folder, several at a time. What is there already, with the right content, stays.
package struct Download: Sendable {
    package struct Totals: Sendable {
        package var fetched = 0
        package var bytes: Int64 = 0
        /// Were there already.
        package var present = 0
        package var failures: [String] = []
    }

    let api: APIClient
    let folder: DownloadFolder
    let parallel: Int
    let status: StatusOutput

    package init(api: APIClient, folder: DownloadFolder, parallel: Int, status: StatusOutput) {
        self.api = api
        self.folder = folder
        self.parallel = parallel
        self.status = status
    }

    private final class Tally: Sendable {
        let totals = Mutex(Totals())
        let running = Atomic(0)
        /// How many files there are, as far as they have been listed.
        let listed = Atomic(0)
    }

    /// Fetches what is listed while more is being listed.
    ///
    /// - Parameter list: hands on the files part by part.
    package func run(_ list: @escaping @Sendable (_ take: ([BatchArtifact]) -> Void) async throws -> Void) async throws -> Totals {
        let begin = ContinuousClock.now
        let tally = Tally()
        let (files, sender) = AsyncThrowingStream.makeStream(of: BatchArtifact.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            let listing = Task {
                do {
                    try await list { part in
                        tally.listed.add(part.count, ordering: .relaxed)
                        for file in part { sender.yield(file) }
                    }
                    sender.finish()
                } catch {
                    sender.finish(throwing: error)
                }
            }
            defer { listing.cancel() }
            var begun = 0
            for try await file in files {
                if begun >= parallel { try await group.next() }
                begun += 1
                group.addTask {
                    try await fetch(file, tally)
                    show(tally, since: begin)
                }
            }
            try await group.waitForAll()
        }
        status.finish()
        return tally.totals.withLock { $0 }
    }

    private func show(_ tally: Tally, since begin: ContinuousClock.Instant) {
        let now = tally.totals.withLock { $0 }
        status.show(
            ProgressSnapshot(
                total: tally.listed.load(ordering: .relaxed), completed: now.fetched + now.present, failed: now.failures.count,
                running: tally.running.load(ordering: .relaxed), elapsed: (ContinuousClock.now - begin) / .seconds(1)))
    }

    private func fetch(_ file: BatchArtifact, _ tally: Tally) async throws {
        tally.running.add(1, ordering: .relaxed)
        defer { tally.running.subtract(1, ordering: .relaxed) }
        do {
            let isFresh = try await fetch(file)
            tally.totals.withLock { totals in
                if isFresh {
                    totals.fetched += 1
                    totals.bytes += file.artifact.sizeBytes
                } else {
                    totals.present += 1
                }
            }
        } catch let error as CLIError where error.exitCode != ExitStatus.badInput {
            tally.totals.withLock { $0.failures.append("\(file.jobID) \(file.artifact.path): \(error.lines[0])") }
        }
    }

    /// - Returns: false if it is there already.
    private func fetch(_ file: BatchArtifact) async throws -> Bool {
        try Task.checkCancellation()
        let artifact = file.artifact
        if folder.has(file.name, size: artifact.sizeBytes, sha256: artifact.sha256) { return false }
        let copy = try folder.create(file.name)
        try await api.download(artifact, job: file.jobID) { piece in
            try piece.withUnsafeReadableBytes { try copy.write($0) }
        }
        try copy.finish(sha256: artifact.sha256)
        return true
    }
}

extension BatchArtifact {
    /// `<job>/output/<path>`, or `<job>/<stream>.log`: as they lie on a runner.
    fileprivate var name: [String] {
        let path = artifact.path.unicodeScalars.split(separator: "/", omittingEmptySubsequences: false).map { String($0) }
        return artifact.kind == .output ? [jobID, "output"] + path : [jobID] + path
    }
}
