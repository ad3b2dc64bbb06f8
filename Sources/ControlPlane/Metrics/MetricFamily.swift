import Hummingbird
import LynxModel

/// What is measured. Labels have few values: never an id, a name or an address.
struct MetricFamily: Hashable, Sendable {
    enum Kind: String { case counter, gauge, histogram }

    var name: String
    var help: String
    var kind: Kind
    var labels: [String] = []
    /// Upper bounds of a histogram, in its unit.
    var bounds: [Double] = []

    static let all: [MetricFamily] = [
        requests, requestSeconds, held, claims, reports, lostAttempts, expiredLeases, commit,
    ]

    static let requests = MetricFamily(
        name: "lynx_http_requests_total", help: "Calls answered.", kind: .counter, labels: ["method", "route", "status"])
    static let requestSeconds = MetricFamily(
        name: "lynx_http_request_duration_seconds", help: "Time until a call was answered; held calls include their wait.", kind: .histogram,
        labels: ["method", "route"], bounds: [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10, 60])
    static let held = MetricFamily(
        name: "lynx_http_requests_held", help: "Calls being held until there is something to say.", kind: .gauge, labels: ["route"])
    static let claims = MetricFamily(name: "lynx_jobs_claimed_total", help: "Jobs handed out to runners.", kind: .counter)
    static let reports = MetricFamily(
        name: "lynx_attempts_reported_total", help: "Attempts whose end a runner reported.", kind: .counter, labels: ["outcome"])
    static let lostAttempts = MetricFamily(
        name: "lynx_attempts_lost_total", help: "Attempts that ended with their runner.", kind: .counter)
    static let expiredLeases = MetricFamily(
        name: "lynx_leases_expired_total", help: "Leases that ended without a heartbeat.", kind: .counter)
    static let commit = MetricFamily(
        name: "lynx_ledger_commit_duration_seconds", help: "Time of a transaction of the ledger until it was on disk.", kind: .histogram,
        bounds: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5])
}

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
        let route = context.template ?? "unmatched"
        metrics.add(to: .requests, method, route, status)
        metrics.observe((ContinuousClock.now - begin) / .seconds(1), in: .requestSeconds, method, route)
    }
}
