import Hummingbird
import LynxModel

/// What is kept only for a time. A collection is its caller's tenant's.
extension API {
    var retentionRoutes: [Route] {
        [
            on(.collect) { request, context in
                let dryRun = try request.flag(.dryRun)
                guard let artifacts else {
                    throw Problem(title: "Nothing to collect", status: 409, detail: "this control plane keeps no files")
                }
                let report = try await Collection(ledger: ledger, store: artifacts, tenant: context.caller.tenant, dryRun: dryRun).run()
                context.logger.collected(report)
                return report
            }
        ]
    }
}
