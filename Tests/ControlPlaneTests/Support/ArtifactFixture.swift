import FoundationEssentials
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import LynxModel
import NIOCore
import Support
import Testing

@testable import ControlPlane

extension String {
    var sha256: String { SHA256.hash(Data(utf8)).hexadecimal }
}

extension ArtifactManifest.File {
    static func sample(_ path: String, _ content: String, kind: ArtifactKind = .output, location: String? = nil) -> Self {
        .init(
            path: path, kind: kind, sizeBytes: Int64(content.utf8.count), sha256: content.sha256, mediaType: "text/plain", location: location)
    }
}

extension TestClientProtocol {
    func announce(
        _ job: JobAssignment, _ files: [ArtifactManifest.File], runner: String = "r1"
    ) async throws -> ArtifactRequirements {
        try await post(
            "/runner/v1/jobs/\(job.jobID)/artifacts", ArtifactManifest(runnerID: runner, attempt: job.attempt, files: files))
    }

    func put(
        _ job: JobAssignment, _ sha256: String, _ bytes: String, offset: Int = 0, runner: String = "r1"
    ) async throws -> TestResponse {
        try await execute(
            uri: "/runner/v1/jobs/\(job.jobID)/artifacts/\(sha256)?attempt=\(job.attempt)&runner_id=\(runner)", method: .put,
            headers: [.uploadOffset: "\(offset)"], body: ByteBuffer(string: bytes))
    }

    /// Announces and uploads whole files.
    func upload(_ job: JobAssignment, _ files: [(path: String, content: String)], logs: [(path: String, content: String)] = []) async throws {
        let manifest =
            files.map { ArtifactManifest.File.sample($0.path, $0.content) }
            + logs.map { ArtifactManifest.File.sample($0.path, $0.content, kind: .log) }
        let needed = Set(try await announce(job, manifest).uploads.map(\.sha256))
        for (_, content) in files + logs where needed.contains(content.sha256) {
            let progress: ArtifactProgress = try (try await put(job, content.sha256, content)).decode()
            #expect(progress == ArtifactProgress(offset: Int64(content.utf8.count), complete: true))
        }
    }

    /// A batch of `runs` whose first jobs are claimed.
    func batch(runs: Int = 1, storage: TelemetryStorageSpec? = nil) async throws -> (batchID: String, jobs: [JobAssignment]) {
        var submission = TestLedger.submission(runs: runs)
        submission.config.telemetry.storage = storage
        let receipt: BatchReceipt = try await post("/jobs", submission, status: .created)
        try await register()
        return (receipt.batchID, try await claim(slots: runs).jobs)
    }

    func report(_ job: JobAssignment, telemetry: [String: TelemetrySeries] = [:]) async throws {
        let response = try await call(
            .post, "/runner/v1/jobs/\(job.jobID)/result", TestLedger.report(job, .success, telemetry: telemetry))
        #expect(response.status == .noContent)
    }
}

extension HTTPField.Name {
    static let uploadOffset = HTTPField.Name(EndpointParameter.uploadOffset.name)!
}
