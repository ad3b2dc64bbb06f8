import LynxModel

/// What was another when a run was repeated.
struct ProvenanceChange: Codable, Hashable, Sendable {
    /// `engine file`, `interpreter`, `distributions`, `kernel`, …
    var part: String
    /// Nil where it was not there, or not recorded.
    var before: String?
    var after: String?

    var line: String {
        switch (before, after) {
        case (let before?, let after?): "\(part): \(Self.short(before)), now \(Self.short(after))"
        case (let before?, nil): "\(part): \(Self.short(before)), now not there"
        case (nil, let after?): "\(part): not there or not recorded, now \(Self.short(after))"
        case (nil, nil): part
        }
    }

    /// Hashes are told by their beginning.
    private static func short(_ text: String) -> String {
        text.utf8.count == 64 && text.utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) } ? "\(text.prefix(12))…" : text
    }
}

/// Compares the records of two attempts.
struct ProvenanceChanges {
    let api: APIClient

    /// All changes, code first; those of distributions and variables one by one.
    func between(_ first: ComparedRun, _ second: ComparedRun) async -> [ProvenanceChange] {
        let (a, b) = (parts(first.result), parts(second.result))
        var changes = Order.union(a, b).compactMap { part -> ProvenanceChange? in
            a[part] == b[part] ? nil : ProvenanceChange(part: part, before: a[part], after: b[part])
        }
        let (one, other) = (first.result.metadata.provenance, second.result.metadata.provenance)
        changes += await records(
            "distribution", "==", (one?.interpreter?.distributions, first.job), (other?.interpreter?.distributions, second.job))
        changes += await records("variable", "=", (one?.environment, first.job), (other?.environment, second.job))
        return changes
    }

    private func parts(_ result: JobResult) -> [String: String] {
        let metadata = result.metadata
        var parts = ["engine": "\(metadata.engine) \(metadata.engineVersion)"]
        guard let provenance = metadata.provenance else { return parts }
        parts["host version"] = provenance.hostVersion
        parts["engine file"] = provenance.engineSHA256
        parts["engine ABI"] = provenance.engineABI
        parts["interpreter"] = provenance.interpreter?.version
        parts["interpreter path"] = provenance.interpreter?.path
        parts["interpreter file"] = provenance.interpreter?.sha256
        parts["kernel"] = provenance.machine?.kernel
        parts["CPU"] = provenance.machine?.cpu
        parts["C library"] = provenance.machine?.libc
        for (setting, hash) in provenance.files { parts["file \(setting)"] = hash }
        return parts
    }

    private enum Order {
        static let first = ["engine", "engine file", "engine ABI"]
        static let last = ["host version", "interpreter", "interpreter path", "interpreter file", "C library", "kernel", "CPU"]

        static func union(_ a: [String: String], _ b: [String: String]) -> [String] {
            let files = Set(a.keys).union(b.keys).filter { $0.hasPrefix("file ") }.sorted()
            return first + files + last
        }
    }

    /// The lines that differ of two records, or the hashes where one cannot be had.
    private func records(
        _ noun: String, _ separator: String, _ first: (sha256: String?, job: Job), _ second: (sha256: String?, job: Job)
    ) async -> [ProvenanceChange] {
        guard first.sha256 != second.sha256 else { return [] }
        guard let before = await record(first.sha256, of: first.job), let after = await record(second.sha256, of: second.job) else {
            return [ProvenanceChange(part: "\(noun)s", before: first.sha256, after: second.sha256)]
        }
        let (a, b) = (Self.entries(before.text, separator), Self.entries(after.text, separator))
        return Set(a.keys).union(b.keys).sorted().compactMap { name in
            a[name] == b[name] ? nil : ProvenanceChange(part: "\(noun) \(name)", before: a[name], after: b[name])
        }
    }

    private func record(_ sha256: String?, of job: Job) async -> ProvenanceRecord? {
        guard let sha256 else { return nil }
        return try? await api.record(sha256, of: job.batchID)
    }

    static func entries(_ text: String, _ separator: String) -> [String: String] {
        var entries: [String: String] = [:]
        for line in text.utf8.split(separator: 10) {
            let line = String(line) ?? ""
            guard let range = line.firstRange(of: separator) else { continue }
            entries[String(line[..<range.lowerBound])] = String(line[range.upperBound...])
        }
        return entries
    }
}

extension APIClient {
    /// A text that the provenance of the batch's results refers to.
    func record(_ sha256: String, of batch: String) async throws -> ProvenanceRecord {
        try await call(.provenanceRecord, [.batch: batch, .sha256: sha256])
    }
}
