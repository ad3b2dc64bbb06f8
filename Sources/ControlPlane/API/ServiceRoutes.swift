import Hummingbird
import LynxModel

/// The control plane itself.
extension API {
    var serviceRoutes: [Route] {
        [
            on(.health) { _, _ in Health() },
            raw(.readiness) { _, context in
                let readiness = await readinessChecks.run(context.logger)
                var response = try Response.json(readiness, status: readiness.status == .ready ? .ok : .serviceUnavailable)
                response.headers[.cacheControl] = "no-store"
                return response
            },
            raw(.describe) { _, _ in .json(data: try openAPI.text(of: routes.map(\.endpoint))) },
            raw(.metrics, metrics),
        ]
    }
}
