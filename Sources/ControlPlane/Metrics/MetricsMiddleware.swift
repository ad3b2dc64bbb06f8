import Hummingbird
import LynxModel

/// Counts and times every call, by the template of its route: paths have ids in them, of which there are too many.
struct MetricsMiddleware: RouterMiddleware {
    let metrics: Metrics

    func handle(
        _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        let begin = ContinuousClock.now
        do {
            let response = try await next(request, context)
            count(request, context, status: String(response.status.code), since: begin)
            return response
        } catch {
            count(request, context, status: "none", since: begin)
            throw error
        }
    }

    private static let methods: Set<String> = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

    private func count(_ request: Request, _ context: APIContext, status: String, since begin: ContinuousClock.Instant) {
        let method = Self.methods.contains(request.method.rawValue) ? request.method.rawValue : "other"
        let known = context.endpointPath.flatMap { $0.hasPrefix("/") ? $0 : nil }
        let route = known ?? "unmatched"
        metrics.add(to: .requests, method, route, status)
        metrics.observe((ContinuousClock.now - begin) / .seconds(1), in: .requestSeconds, method, route)
    }
}
