import Hummingbird
import LynxModel

/// Runners as users see them.
extension API {
    var runnerRoutes: [Route] {
        [
            on(.runners) { request, context in
                let page = try await ledger.runners(
                    tenant: context.caller.tenant, status: try request.choice(.runnerStatus), limit: try request.limit(),
                    after: try request.cursor())
                return RunnerList(runners: page.items, nextCursor: page.next)
            },
            on(.runner) { _, context in try await ledger.runner(try context.id(.runner)) },
            on(.drainRunner) { _, context in try await ledger.setDrained(true, runnerID: try context.id(.runner)) },
            on(.resumeRunner) { _, context in try await ledger.setDrained(false, runnerID: try context.id(.runner)) },
        ]
    }
}
