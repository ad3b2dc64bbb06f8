import Hummingbird
import LynxModel

/// What is kept only for a time. A collection is its caller's tenant's.
extension API {
    var retentionRoutes: [Route] {
        [
            Route(method: .post, path: "/gc", access: .scope(.admin)) { request, context in
                let dryRun: Bool
                switch request.parameter("dry_run") {
                case nil, "false": dryRun = false
                case "true": dryRun = true
                case .some(let text): throw Problem.badParameter("dry_run", "is '\(text)'; it must be true or false")
                }
                guard let artifacts else {
                    throw Problem(title: "Nothing to collect", status: 409, detail: "this control plane keeps no files")
                }
                let report = try await Collection(ledger: ledger, store: artifacts, tenant: context.caller.tenant, dryRun: dryRun).run()
                context.logger.collected(report)
                return try .json(report)
            }
        ]
    }
}
