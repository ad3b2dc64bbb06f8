import ControlPlane
import LynxModel
import Support

extension APIClient {
    /// Hands on the files of what an id names, a job's or those of all jobs of a batch, part by part as they are listed.
    func listArtifacts(of id: String, attempt: Int? = nil, _ take: ([BatchArtifact]) throws -> Void) async throws {
        switch (try await find(id), attempt) {
        case (.batch, nil):
            var cursor: String?
            repeat {
                let page: BatchArtifactList = try await get(path("/batches/\(id.percentEncoded())/artifacts", nil, cursor))
                try take(page.artifacts)
                cursor = page.nextCursor
            } while cursor != nil
        case (.batch, let attempt?):
            for job in try await jobs(of: id) where job.attempt >= attempt {
                try take(try await artifacts(of: job.jobID, attempt: attempt).map { BatchArtifact(jobID: job.jobID, artifact: $0) })
            }
        case (.job(let job), let attempt):
            try take(try await artifacts(of: job.jobID, attempt: attempt).map { BatchArtifact(jobID: job.jobID, artifact: $0) })
        }
    }

    /// The files of a job's latest attempt, or of another.
    func artifacts(of job: String, attempt: Int? = nil) async throws -> [StoredArtifact] {
        let query = attempt.map { "?attempt=\($0)" } ?? ""
        return try await get("/jobs/\(job.percentEncoded())/artifacts\(query)", as: ArtifactList.self).artifacts
    }

    func path(of artifact: StoredArtifact, job: String) -> String {
        switch artifact.kind {
        case .output:
            let path = artifact.path.unicodeScalars.split(separator: "/", omittingEmptySubsequences: false).map { String($0).percentEncoded() }
            return "/jobs/\(job.percentEncoded())/artifacts/\(path.joined(separator: "/"))?attempt=\(artifact.attempt)"
        case .log:
            let stream = artifact.path == "stderr.log" ? "stderr" : "stdout"
            return "/jobs/\(job.percentEncoded())/logs/\(stream)?attempt=\(artifact.attempt)"
        }
    }

    func collect(dryRun: Bool) async throws -> CollectionReport {
        try await post("/gc?dry_run=\(dryRun)", as: CollectionReport.self)
    }
}
