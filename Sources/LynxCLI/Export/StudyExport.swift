import FoundationEssentials
import Glibc
import LynxDocument
import LynxModel
import NIOCore
import Support

/// `lynxctl export --ro-crate`: writes a study as a folder that other tools can read.
package struct StudyExport: Sendable {
    let batchID: String
    let folder: String
    let license: String
    let hasTelemetry: Bool
    let hasFiles: Bool

    package init(batchID: String, folder: String, license: String, hasTelemetry: Bool, hasFiles: Bool) {
        self.batchID = batchID
        self.folder = folder
        self.license = license
        self.hasTelemetry = hasTelemetry
        self.hasFiles = hasFiles
    }

    /// Writes the crate; its metadata last, so that a folder with metadata is whole.
    package func perform(_ api: APIClient) async throws {
        let batch = try await api.overview(of: batchID).batch
        guard batch.status.isTerminal else {
            throw CLIError.badInput("batch '\(batchID)' is \(batch.status.rawValue), so the crate would lack runs; wait for its end")
        }
        let target = try DownloadFolder(path: folder)
        guard access("\(folder)/\(Self.metadata)", F_OK) != 0 else {
            throw CLIError.badInput("\(folder) holds a crate already; name another folder, or remove that one")
        }
        let submission = try await api.exactSubmission(of: batchID)
        try write(try WireJSON.encode(submission, pretty: true), [ResearchObject.study], target)
        var tables = [ResearchObject.File(path: "results.csv", name: "The runs, a row for each", mediaType: "text/csv")]
        try await fetch(tables[0].path, target) { try await api.csvTable(of: batchID, $0) }
        if hasTelemetry {
            tables.append(.init(path: "telemetry.csv", name: "The telemetry of all runs", mediaType: "text/csv"))
            try await fetch(tables[1].path, target) { try await api.telemetryCSV(of: batchID, TelemetrySelection(), $0) }
        }
        var crate = ResearchObject(batch, submission, tables: tables, license: license)
        let files = try await downloaded(api, target)
        let results = Dictionary(try await api.results(of: batchID, samples: false).map { ($0.jobID, $0) }, uniquingKeysWith: { $1 })
        var records = Records(api: api, batchID: batchID)
        for job in try await api.jobs(of: batchID) {
            guard let result = results[job.jobID] else { continue }
            let provenance = result.metadata.provenance
            let environment = await records.text(provenance?.environment)
            if let distributions = provenance?.interpreter?.distributions, await records.text(distributions) == nil {
                throw CLIError.unavailable("the record \(distributions) of batch '\(batchID)' is missing; the crate was not written")
            }
            let path = ["runs", job.jobID, "run_config.json"]
            try write(try WireJSON.encode(try await api.exactConfiguration(of: job), pretty: true), path, target)
            crate.add(
                job, result,
                configuration: .init(path: path.joined(separator: "/"), name: "Run configuration", mediaType: "application/json"),
                artifacts: files[job.jobID] ?? [], environment: environment.map { ProvenanceChanges.entries($0, "=") } ?? [:])
        }
        for (sha256, text) in records.texts.sorted(by: { $0.key < $1.key }) {
            guard let text else { continue }
            let path = ResearchObject.record(sha256)
            try write(Data(text.utf8), path.split(separator: "/").map(String.init), target)
            crate.add(.init(path: path, name: "Provenance record", mediaType: "text/plain", size: Int64(text.utf8.count), sha256: sha256))
        }
        try write(try WireJSON.encode(crate.document(published: Date()), pretty: true), [Self.metadata], target)
        OutputStream.standard.line("\(NumberText.count(results.count, "run")) of batch \(batchID) in \(folder)")
    }

    private static let metadata = "ro-crate-metadata.json"

    /// The texts that results refer to, each fetched once.
    private struct Records {
        let api: APIClient
        let batchID: String
        var texts: [String: String?] = [:]

        mutating func text(_ sha256: String?) async -> String? {
            guard let sha256 else { return nil }
            if let known = texts[sha256] { return known }
            let text = try? await api.record(sha256, of: batchID).text
            texts[sha256] = .some(text)
            return text
        }
    }

    /// Fetches the files of all jobs, which lie as they do on a runner.
    private func downloaded(_ api: APIClient, _ target: DownloadFolder) async throws -> [String: [ResearchObject.File]] {
        guard hasFiles else { return [:] }
        var listed: [BatchArtifact] = []
        try await api.listArtifacts(of: batchID) { listed += $0.filter(\.artifact.available) }
        if listed.isEmpty {
            // A control plane that serves files where the runner left them lists them by job.
            for job in try await api.jobs(of: batchID) where job.attempt > 0 {
                listed += try await api.artifacts(of: job.jobID).filter(\.available).map { BatchArtifact(jobID: job.jobID, artifact: $0) }
            }
        }
        var files: [String: [ResearchObject.File]] = [:]
        for file in listed {
            let artifact = file.artifact
            let parts = artifact.path.split(separator: "/").map(String.init)
            let path = ["runs", file.jobID] + (artifact.kind == .output ? ["output"] : []) + parts
            let copy = try target.create(path)
            var hash = SHA256()
            try await api.download(artifact, job: file.jobID) { piece in
                try piece.withUnsafeReadableBytes { bytes in
                    hash.update(bytes)
                    try copy.write(bytes)
                }
            }
            let sha256 = artifact.sha256.isEmpty ? hash.finalize().hexadecimal : artifact.sha256
            try copy.finish(sha256: sha256)
            files[file.jobID, default: []].append(
                .init(
                    path: path.joined(separator: "/"), name: artifact.path, mediaType: artifact.mediaType, size: artifact.sizeBytes, sha256: sha256))
        }
        return files
    }

    private func write(_ data: Data, _ path: [String], _ target: DownloadFolder) throws {
        let file = try target.create(path)
        let bytes = Array(data)
        try bytes.withUnsafeBytes { try file.write($0) }
        try file.finish(sha256: SHA256.hash(bytes).hexadecimal)
    }

    private func fetch(_ name: String, _ target: DownloadFolder, _ body: ((ByteBuffer) throws -> Void) async throws -> Void) async throws {
        let file = try target.create([name])
        var hash = SHA256()
        try await body { piece in
            try piece.withUnsafeReadableBytes { bytes in
                hash.update(bytes)
                try file.write(bytes)
            }
        }
        try file.finish(sha256: hash.finalize().hexadecimal)
    }
}
