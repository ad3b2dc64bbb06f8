import Hummingbird
import LynxModel

/// Runners as users see them.
extension API {
    var runnerRoutes: [Route] {
        [
            Route(method: .get, path: "/runners", access: .scope(.read)) { request, context in
                let page = try await ledger.runners(
                    tenant: context.caller.tenant, status: try request.choice("status"), limit: try request.limit(),
                    after: try request.cursor())
                return try .json(RunnerList(runners: page.items, nextCursor: page.next))
            },
            Route(method: .get, path: "/runners/:runner", access: .scope(.read)) { _, context in
                try .json(try await ledger.runner(try context.id("runner")))
            },
            Route(method: .post, path: "/runners/:runner/drain", access: .scope(.admin)) { _, context in
                try .json(try await ledger.setDrained(true, runnerID: try context.id("runner")))
            },
            Route(method: .post, path: "/runners/:runner/resume", access: .scope(.admin)) { _, context in
                try .json(try await ledger.setDrained(false, runnerID: try context.id("runner")))
            },
        ]
    }
}
