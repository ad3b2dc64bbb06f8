import Hummingbird
import LynxModel

/// All studies at a glance, and what is done with what was seen there.
extension API {
    var overviewRoutes: [Route] {
        [
            on(.studies) { request, context in
                let filter = BatchFilter(
                    tenant: context.caller.tenant, status: try request.choice(.batchStatus), search: request.text(.search))
                let page = try await ledger.batches(filter, limit: try request.limit(), after: try request.cursor())
                return StudyList(studies: try await overviews.summaries(of: page.items), nextCursor: page.next)
            },
            raw(.submission) { _, context in .json(data: try await ledger.submission(of: try context.id(.batch))) },
            on(.retryRuns) { (order: RetryRequest, _, context) in
                guard (1...RetryRequest.mostRuns).contains(order.runs.count) else {
                    throw Problem.invalid("runs", "has \(order.runs.count) entries; name 1 to \(RetryRequest.mostRuns) runs")
                }
                return try await ledger.retry(order.runs, of: try context.id(.batch))
            },
        ]
    }
}
