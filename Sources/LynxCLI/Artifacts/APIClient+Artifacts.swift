package import LynxModel
package import NIOCore

extension APIClient {
    /// Hands on the files of what an id names, a job's or those of all jobs of a batch, part by part as they are listed.
    package func listArtifacts(of id: String, attempt: Int? = nil, _ take: ([BatchArtifact]) throws -> Void) async throws {
        switch (try await find(id), attempt) {
        case (.batch, nil):
            try await parts(of: .batchArtifacts, [.batch: id]) { try take($0.artifacts) }
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
        try await call(.artifacts, [.job: job, .attempt: attempt]).artifacts
    }

    /// Hands the content of a job's file to `write` as it comes.
    package func download(_ artifact: StoredArtifact, job: String, write: (ByteBuffer) throws -> Void) async throws {
        switch artifact.kind {
        case .output:
            try await download(.artifact, [.job: job, .filePath: artifact.path, .attempt: artifact.attempt], write: write)
        case .log:
            let stream = LogStream.allCases.first { artifact.path == $0.fileName } ?? .stdout
            try await download(.log, [.job: job, .logStream: stream.rawValue, .attempt: artifact.attempt], write: write)
        }
    }
}
