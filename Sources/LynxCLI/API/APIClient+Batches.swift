import ControlPlane
package import LynxModel
import Support

extension APIClient {
    package func overview(of batch: String) async throws -> BatchOverview { try await get("/batches/\(batch.percentEncoded())") }

    /// Every job of the batch, over as many pages as there are.
    package func jobs(of batch: String, status: JobStatus? = nil) async throws -> [Job] {
        let filter = status.map { "status=\($0.rawValue)" }
        var jobs: [Job] = []
        var cursor: String?
        repeat {
            let page: JobList = try await get(path("/batches/\(batch.percentEncoded())/jobs", filter, cursor))
            jobs += page.jobs
            cursor = page.nextCursor
        } while cursor != nil
        return jobs
    }

    package func firstJob(of batch: String) async throws -> Job? {
        try await get("/batches/\(batch.percentEncoded())/jobs?limit=1", as: JobList.self).jobs.first
    }

    /// Those there are so far.
    ///
    /// - Parameter samples: with the series of the telemetry, or only with their counts and bounds.
    package func results(of batch: String, samples: Bool) async throws -> [JobResult] {
        try await get("/batches/\(batch.percentEncoded())/results?telemetry=\(samples ? "full" : "summary")", as: ResultList.self).results
    }

    /// Newest first.
    package func batches() async throws -> [Batch] {
        var batches: [Batch] = []
        var cursor: String?
        repeat {
            let page: BatchList = try await get(path("/batches", nil, cursor))
            batches += page.batches
            cursor = page.nextCursor
        } while cursor != nil
        return batches
    }

    /// By name.
    package func runners() async throws -> [Runner] {
        var runners: [Runner] = []
        var cursor: String?
        repeat {
            let page: RunnerList = try await get(path("/runners", nil, cursor))
            runners += page.runners
            cursor = page.nextCursor
        } while cursor != nil
        return runners
    }

    package func job(_ id: String) async throws -> Job { try await get("/jobs/\(id.percentEncoded())") }

    package func result(of job: String) async throws -> JobResult { try await get("/jobs/\(job.percentEncoded())/results") }

    /// The path and query of one page of a list.
    func path(_ path: String, _ filter: String?, _ cursor: String?) -> String {
        let query = ["limit=1000", filter, cursor.map { "cursor=\($0.percentEncoded())" }].compactMap { $0 }.joined(separator: "&")
        return path + "?" + query
    }
}
