import LynxModel

extension APIClient {
    /// The files of a job's latest attempt, or of another.
    func artifacts(of job: String, attempt: Int? = nil) async throws -> [StoredArtifact] {
        let query = attempt.map { "?attempt=\($0)" } ?? ""
        return try await get("/jobs/\(escaped(job))/artifacts\(query)", as: ArtifactList.self).artifacts
    }

    func path(of artifact: StoredArtifact, job: String) -> String {
        switch artifact.kind {
        case .output:
            let path = artifact.path.split(separator: "/", omittingEmptySubsequences: false).map { escaped(String($0)) }
            return "/jobs/\(escaped(job))/artifacts/\(path.joined(separator: "/"))?attempt=\(artifact.attempt)"
        case .log:
            let stream = artifact.path == "stderr.log" ? "stderr" : "stdout"
            return "/jobs/\(escaped(job))/logs/\(stream)?attempt=\(artifact.attempt)"
        }
    }

    func collect(dryRun: Bool) async throws -> CollectionReport {
        try await post("/gc?dry_run=\(dryRun)", as: CollectionReport.self)
    }

    /// The ids of what an id names: a job, or the jobs of a batch that may have files.
    func jobIDs(of id: String) async throws -> [String] {
        switch try await find(id) {
        case .job(let job): [job.jobID]
        case .batch: try await jobs(of: id).filter { $0.attempt > 0 }.map(\.jobID)
        }
    }
}
