import FoundationEssentials
import Hummingbird
import LynxModel
import NIOCore

/// The calls of the API, each a thin translation between HTTP and the ledger.
struct API: Sendable {
    let ledger: Ledger
    let configuration: ControlPlaneConfiguration
    let connections: Connections
    /// Nil where the files of jobs stay on their runners.
    let artifacts: ArtifactStore?
    let gate: AccessGate
    let readinessChecks: ReadinessChecks
    let web: WebFiles?
    let bands: BandKeeper
    let overviews: StudyOverviews
    let openAPI = OpenAPIText()

    init(
        ledger: Ledger, configuration: ControlPlaneConfiguration, connections: Connections, artifacts: ArtifactStore?, web: WebFiles? = nil
    ) {
        self.ledger = ledger
        self.configuration = configuration
        self.connections = connections
        self.artifacts = artifacts
        gate = AccessGate(ledger: ledger, configuration: configuration)
        self.web = web
        bands = BandKeeper(ledger)
        overviews = StudyOverviews(ledger)
        readinessChecks = ReadinessChecks(ledger: ledger, artifacts: artifacts)
    }

    var routes: [Route] {
        serviceRoutes + studyRoutes + overviewRoutes + tableRoutes + verdictRoutes + telemetryRoutes + bandRoutes + artifactRoutes
            + retentionRoutes + runnerRoutes + accessRoutes + sessionRoutes + protocolRoutes + uploadRoutes + bundleRoutes
    }

    func router() -> Router<APIContext> {
        let router = Router(context: APIContext.self, options: [.autoGenerateHeadEndpoints])
        router.add(middleware: MetricsMiddleware(metrics: ledger.metrics))
        router.add(middleware: BrowserSafetyMiddleware())
        router.add(middleware: ProblemMiddleware())
        if !configuration.authentication { router.add(middleware: LoopbackOnlyMiddleware()) }
        WebRoutes(files: web).add(to: router)
        for route in routes {
            let rules = RequestRules(route.endpoint)
            router.on(route.path, method: route.method) { [gate, ledger] request, context in
                var context = context
                context.caller = try await gate.admit(request, context, route.endpoint.access)
                try rules.check(request)
                var response = try await route.handler(request, context)
                // What was shown to somebody who has logged out is not to be found in the browser's cache.
                if context.caller.sessionID != nil, response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
                if response.isSentForLong { response.body = Standing(of: context.caller, ledger).watch(response.body) }
                return response
            }
        }
        addMethodRefusals(routes, to: router)
        return router
    }

    /// The router knows only paths with methods; a known path with another method is to get 405, not 404.
    private func addMethodRefusals(_ routes: [Route], to router: Router<APIContext>) {
        let methods: [HTTPRequest.Method] = [.get, .head, .post, .put, .patch, .delete, .options, .trace, .query]
        for (path, routes) in Dictionary(grouping: routes, by: \.path.description) {
            var allowed = routes.map(\.method)
            if allowed.contains(.get) { allowed.append(.head) }
            let allow = allowed.map(\.rawValue).sorted().joined(separator: ", ")
            for method in methods where !allowed.contains(method) {
                router.on(RouterPath(path), method: method) { request, _ in
                    try Problem(
                        title: "Method not allowed", status: 405, detail: "'\(request.uri.path)' takes \(allow), not \(method.rawValue)"
                    ).response(headers: [.allow: allow])
                }
            }
        }
    }
}

extension HTTPRequest.Method {
    /// A GET whose question is its body (draft-ietf-httpbis-safe-method-w-body).
    fileprivate static let query = HTTPRequest.Method(rawValue: "QUERY")!
}

extension Response {
    static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
        .json(data: try WireJSON.encode(value), status: status)
    }

    static func json(data: Data, status: HTTPResponse.Status = .ok) -> Response {
        Response(status: status, headers: [.contentType: "application/json"], body: .init(byteBuffer: ByteBuffer(bytes: data)))
    }

    /// Whether it has a body that is made while it is sent, or a large one.
    fileprivate var isSentForLong: Bool { body.contentLength.map { $0 > 1 << 20 } ?? true }
}
