package import LynxModel

extension APIClient {
    package func overview(of batch: String) async throws -> BatchOverview { try await call(.batch, [.batch: batch]) }

    /// Every job of the batch, over as many parts as there are.
    package func jobs(of batch: String, status: JobStatus? = nil) async throws -> [Job] {
        var jobs: [Job] = []
        try await parts(of: .batchJobs, [.batch: batch, .jobStatus: status?.rawValue]) { jobs += $0.jobs }
        return jobs
    }

    /// The first jobs in a state, by run index.
    func jobs(of batch: String, status: JobStatus, atMost limit: Int) async throws -> [Job] {
        try await call(.batchJobs, [.batch: batch, .jobStatus: status.rawValue, .limit: limit]).jobs
    }

    package func firstJob(of batch: String) async throws -> Job? {
        try await call(.batchJobs, [.batch: batch, .limit: 1]).jobs.first
    }

    /// Those there are so far.
    ///
    /// - Parameter samples: with the series of the telemetry, or only with their counts and bounds.
    package func results(of batch: String, samples: Bool) async throws -> [JobResult] {
        let detail = samples ? ResultDetail.full : .summary
        return try await call(.batchResults, [.batch: batch, .telemetry: detail.rawValue]).results
    }

    /// Newest first.
    package func batches() async throws -> [Batch] {
        var batches: [Batch] = []
        try await parts(of: .batches) { batches += $0.batches }
        return batches
    }

    /// By name.
    package func runners() async throws -> [Runner] {
        var runners: [Runner] = []
        try await parts(of: .runners) { runners += $0.runners }
        return runners
    }

    package func job(_ id: String) async throws -> Job { try await call(.job, [.job: id]) }

    package func result(of job: String) async throws -> JobResult { try await call(.jobResult, [.job: job]) }
}
