import Hummingbird
import LynxModel

/// Runners as users see them.
extension API {
    var runnerRoutes: [Route] {
        [
            Route(method: .get, path: "/runners") { _, _ in
                try .json(RunnerList(runners: try await ledger.runners()))
            },
            Route(method: .get, path: "/runners/:runner") { _, context in
                try .json(try await ledger.runner(try context.id("runner")))
            },
            Route(method: .post, path: "/runners/:runner/drain") { _, context in
                try .json(try await ledger.setDrained(true, runnerID: try context.id("runner")))
            },
            Route(method: .post, path: "/runners/:runner/resume") { _, context in
                try .json(try await ledger.setDrained(false, runnerID: try context.id("runner")))
            },
        ]
    }
}
