import LynxModel
import NIOCore

/// One run as it is compared with another.
struct ComparedRun: Sendable {
    var job: Job
    var result: JobResult
    var telemetry: JobTelemetry

    /// - Throws: `CLIError` if the job has not ended, or left nothing that says what its run did.
    static func fetch(_ job: Job, _ api: APIClient) async throws -> ComparedRun {
        guard job.status.isTerminal else {
            throw CLIError.badInput("job '\(job.jobID)' is \(job.status.rawValue), so there is nothing to compare; wait for its end")
        }
        guard job.attempt > 0, let result = try? await api.result(of: job.jobID) else {
            throw CLIError.badInput("job '\(job.jobID)' left no result: \(job.errorMessage ?? job.status.rawValue)")
        }
        if [.lost, .cancelled, .retracted].contains(result.metadata.outcome) {
            let outcome = result.metadata.outcome.rawValue
            throw CLIError.badInput("job '\(job.jobID)' was \(outcome), which says nothing of what it computes: \(result.errorMessage ?? "")")
        }
        return ComparedRun(job: job, result: result, telemetry: try await api.telemetry(of: job.jobID, TelemetrySelection()))
    }
}

/// Compares a run with an earlier one of the same configuration: outcome, scalar results, artifacts and telemetry.
struct RunComparison: Sendable {
    let api: APIClient
    let ignored: IgnoredParts

    /// The first difference; nil if the runs are identical.
    func difference(_ first: ComparedRun, _ second: ComparedRun) async throws -> RunDifference? {
        if let found = outcomes(first.result, second.result) { return found }
        if let found = outputs(first.result, second.result) { return found }
        if let found = try await artifacts(first, second) { return found }
        return telemetry(first.telemetry, second.telemetry)
    }

    private func outcomes(_ first: JobResult, _ second: JobResult) -> RunDifference? {
        let (a, b) = (first.metadata, second.metadata)
        if a.outcome != b.outcome {
            func shown(_ result: JobResult) -> String {
                let reason = result.errorMessage?.split(separator: "\n").first.map { " (\($0))" } ?? ""
                return result.metadata.outcome.rawValue + reason
            }
            return RunDifference(.outcome, "outcome", "", shown(first), shown(second))
        }
        // What is killed ends when the kill arrives.
        guard a.outcome == .failure || a.outcome == .success, a.exitCode != b.exitCode || a.exitSignal != b.exitSignal else { return nil }
        func shown(_ metadata: ResultMetadata) -> String {
            metadata.exitSignal.map { "signal \($0)" } ?? metadata.exitCode.map { "exit code \($0)" } ?? "no exit code"
        }
        return RunDifference(.outcome, "outcome", "", shown(a), shown(b))
    }

    private func outputs(_ first: JobResult, _ second: JobResult) -> RunDifference? {
        let others = Dictionary((second.outputs ?? []).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var names: Set<String> = []
        for output in first.outputs ?? [] where !ignored.leavesOut(output: output.name) {
            names.insert(output.name)
            guard let other = others[output.name] else { return RunDifference(.output, output.name, "", "is there", "is missing") }
            let (a, b) = (output.value, other.value)
            if a == nil, b == nil { continue }
            let ulps = a.flatMap { a in b.flatMap { UnitsInLastPlace.between(a, $0) } }
            if ulps != 0 { return RunDifference(.output, output.name, "", Self.shown(a), Self.shown(b), ulps: ulps) }
        }
        let more = (second.outputs ?? []).first { !names.contains($0.name) && !ignored.leavesOut(output: $0.name) }
        return more.map { RunDifference(.output, $0.name, "", "is missing", "is there") }
    }

    private static func shown(_ value: Double?) -> String { value.map { "\($0)" } ?? "no value" }

    private func artifacts(_ first: ComparedRun, _ second: ComparedRun) async throws -> RunDifference? {
        // A run that is killed is stopped in the middle of what it writes.
        if [.breach, .timeout].contains(first.result.metadata.outcome) { return nil }
        func byPath(_ run: ComparedRun) -> [String: Artifact] {
            Dictionary(run.result.artifacts.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
        }
        let (a, b) = (byPath(first), byPath(second))
        for path in Set(a.keys).union(b.keys).sorted() where !ignored.leavesOut(file: path) {
            guard let one = a[path], let other = b[path] else {
                return RunDifference(.artifact, path, "", a[path] == nil ? "is missing" : "is there", b[path] == nil ? "is missing" : "is there")
            }
            if one.sha256 == other.sha256 { continue }
            if let found = try await contents(of: path, first, second, one, other) { return found }
        }
        return nil
    }

    /// Larger files are told apart by their hashes alone.
    private static let mostCompared: Int64 = 256 << 20

    private func contents(
        of path: String, _ first: ComparedRun, _ second: ComparedRun, _ one: Artifact, _ other: Artifact
    ) async throws -> RunDifference? {
        let hashes = RunDifference(.artifact, path, "", "SHA-256 \(one.sha256.prefix(12))…", "SHA-256 \(other.sha256.prefix(12))…")
        guard max(one.sizeBytes, other.sizeBytes) <= Self.mostCompared else { return hashes }
        guard let before = try? await content(path, of: first), let after = try? await content(path, of: second) else { return hashes }
        // Its own name is no result of a run.
        let renamed = [(second.job.jobID, first.job.jobID), (second.job.batchID, first.job.batchID)].reduce(after) { bytes, names in
            Self.replacing(Array(names.0.utf8), by: Array(names.1.utf8), in: bytes)
        }
        return FileComparison(path: path, ignored: ignored).difference(before, renamed)
    }

    private func content(_ path: String, of run: ComparedRun) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        let attempt = run.result.metadata.attempt
        try await api.download(.artifact, [.job: run.job.jobID, .filePath: path, .attempt: attempt]) { bytes += $0.readableBytesView }
        return bytes
    }

    static func replacing(_ name: [UInt8], by other: [UInt8], in bytes: [UInt8]) -> [UInt8] {
        guard !name.isEmpty, name != other, bytes.count >= name.count else { return bytes }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            if bytes[index] == name[0], bytes.count - index >= name.count, bytes[index..<(index + name.count)].elementsEqual(name) {
                result += other
                index += name.count
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return result
    }

    private func telemetry(_ first: JobTelemetry, _ second: JobTelemetry) -> RunDifference? {
        for name in Set(first.variables.keys).union(second.variables.keys).sorted() where !ignored.leavesOut(variable: name) {
            guard let a = first.variables[name], let b = second.variables[name] else {
                let isFirst = first.variables[name] != nil
                return RunDifference(.telemetry, name, "", isFirst ? "is there" : "is missing", isFirst ? "is missing" : "is there")
            }
            if a.units != b.units { return RunDifference(.telemetry, name, "units", "'\(a.units)'", "'\(b.units)'") }
            for (index, (one, other)) in zip(zip(a.timeS, a.values), zip(b.timeS, b.values)).enumerated() {
                for (quantity, x, y) in [("time", one.0, other.0), ("value", one.1, other.1)] {
                    let ulps = UnitsInLastPlace.between(x, y)
                    if ulps == 0 { continue }
                    return RunDifference(.telemetry, name, "point \(index + 1) at \(one.0) s, \(quantity)", "\(x)", "\(y)", ulps: ulps)
                }
            }
            let (count, other) = (a.count ?? a.values.count, b.count ?? b.values.count)
            if count != other { return RunDifference(.telemetry, name, "", "\(count) samples", "\(other) samples") }
        }
        return nil
    }
}
