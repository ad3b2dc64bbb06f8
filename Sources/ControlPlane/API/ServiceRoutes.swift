import Hummingbird
import LynxModel

/// The control plane itself.
extension API {
    var serviceRoutes: [Route] {
        [
            Route(method: .get, path: "/healthz", access: .open) { _, _ in try .json(["status": "ok"]) },
            Route(method: .get, path: "/readyz", access: .open) { _, context in
                let readiness = await readinessChecks.run(context.logger)
                var response = try Response.json(readiness, status: readiness.status == .ready ? .ok : .serviceUnavailable)
                response.headers[.cacheControl] = "no-store"
                return response
            },
            Route(method: .get, path: "/openapi.json", access: .open) { _, _ in .json(data: OpenAPIDocument.current.json) },
            Route(method: .get, path: "/metrics", access: .scope(.admin), handler: metrics),
        ]
    }
}
