import HTTPTypes
import Hummingbird
import LynxModel
import NIOCore

/// The page at `/ui/`. It holds no data: what it shows it reads through the API, as whoever is logged in.
struct WebRoutes: Sendable {
    /// Nil where this control plane has no files to serve.
    let files: WebFiles?

    func add(to router: Router<APIContext>) {
        router.get("/") { request, _ in
            guard Self.isBrowser(request) else { throw Problem.notFound("there is nothing at '/'") }
            return Self.redirect(to: "/ui/")
        }
        // The router takes '/ui' and '/ui/' for one; the page's own addresses need the second.
        router.get("/ui") { request, _ in request.uri.path == "/ui" ? Self.redirect(to: "/ui/") : try index(request) }
        router.get("/ui/**") { request, context in try file(context.restOfPath, request) }
    }

    private func index(_ request: Request) throws -> Response {
        guard let files else { return Self.missing }
        return Self.response(files.index, request, caching: "no-cache")
    }

    private func file(_ path: String, _ request: Request) throws -> Response {
        guard let files else { return Self.missing }
        if path.isEmpty || path == "index.html" { return try index(request) }
        let parts = path.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0] == files.version, let file = files.files[String(parts[1])] else {
            throw Problem.notFound("the page has no file '\(path)'; it begins at '/ui/'")
        }
        return Self.response(file, request, caching: "public, max-age=31536000, immutable")
    }

    private static func response(_ file: WebFiles.File, _ request: Request, caching: String) -> Response {
        let gzip = acceptsGzip(request.headers[.acceptEncoding]) ? file.gzip : nil
        let tag = gzip == nil ? "\"\(file.tag)\"" : "\"\(file.tag)-gzip\""
        var headers: HTTPFields = [
            .contentType: file.mediaType, .cacheControl: caching, .eTag: tag, .vary: "Accept-Encoding",
            .contentSecurityPolicy: PageSecurity.policy, .referrerPolicy: "no-referrer", .crossOriginOpenerPolicy: "same-origin",
        ]
        if ArtifactResponse.lists(request.headers[.ifNoneMatch], tag) { return Response(status: .notModified, headers: headers) }
        if gzip != nil { headers[.contentEncoding] = "gzip" }
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: gzip ?? file.bytes))
    }

    /// Whether a coding is wanted: named, or by `*`, with a weight above 0 (RFC 9110, 12.5.3).
    static func acceptsGzip(_ header: String?) -> Bool {
        for item in (header ?? "").split(separator: ",") {
            let parts = item.split(separator: ";").map { $0.filter { $0 != " " }.lowercased() }
            guard let name = parts.first, name == "gzip" || name == "*" else { continue }
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
            return weight > 0
        }
        return false
    }

    private static func isBrowser(_ request: Request) -> Bool { request.headers[.accept]?.contains("text/html") == true }

    private static func redirect(to path: String) -> Response {
        Response(status: .temporaryRedirect, headers: [.location: path, .cacheControl: "no-cache"])
    }

    /// What whoever wants to see the page is told where it is not installed.
    private static let missing = Response(
        status: .notFound, headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-cache"],
        body: ResponseBody(
            byteBuffer: ByteBuffer(
                string: """
                    This control plane has no files of the page: it looked for the folder 'web' of the sources above lynxctl, and for
                    'share/lynx/web' beside the folder that lynxctl is in. Name the folder in the variable LYNX_WEB and start it again.
                    The API answers all the same.

                    """)))
}

/// What a browser is told about everything that this server sends.
enum PageSecurity {
    /// For the page: only what this server sends is run, shown or called, and no other site may hold it in a frame.
    static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data: blob:; "
        + "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"

    /// For answers that are data: a browser that is made to show one runs nothing of it.
    static let dataPolicy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox"
}

/// Adds to every answer what keeps a browser from taking it for something else, or lending it to other sites' pages.
struct BrowserSafetyMiddleware<Context: RequestContext>: RouterMiddleware {
    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        response.headers[.xContentTypeOptions] = "nosniff"
        response.headers[.crossOriginResourcePolicy] = "same-origin"
        if response.headers[.contentSecurityPolicy] == nil { response.headers[.contentSecurityPolicy] = PageSecurity.dataPolicy }
        return response
    }
}

extension HTTPField.Name {
    static let referrerPolicy = HTTPField.Name("Referrer-Policy")!
    static let crossOriginOpenerPolicy = HTTPField.Name("Cross-Origin-Opener-Policy")!
    static let crossOriginResourcePolicy = HTTPField.Name("Cross-Origin-Resource-Policy")!
}
