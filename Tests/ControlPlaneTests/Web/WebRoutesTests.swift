import Hummingbird
import HummingbirdTesting
import LynxModel
import TestSupport
import Testing

@testable import ControlPlane

@Suite("The page at /ui/")
struct WebRoutesTests {
    /// Lends a control plane that serves a page, and the page's files.
    private static func withPage(
        authentication: Bool = false, _ body: @escaping @Sendable (any TestClientProtocol, WebFiles) async throws -> Void
    ) async throws {
        let folder = try WebFilesTests.folder()
        let files = try withExtendedLifetime(folder) { try WebFiles(folder: folder.path) }
        let plane = try GuardedControlPlane {
            $0.web = files
            $0.authentication = authentication
        }
        try await plane.test(.live) { try await body($0, files) }
    }

    @Test("It is shown to whoever asks, with a policy that lets nothing but itself run", arguments: [false, true])
    func index(authentication: Bool) async throws {
        try await Self.withPage(authentication: authentication) { client, files in
            let response = try await client.call(.get, "/ui/")
            #expect(response.status == .ok)
            #expect(response.body == files.index.bytes)
            #expect(response.headers[.contentType] == "text/html; charset=utf-8")
            #expect(response.headers[.cacheControl] == "no-cache")
            #expect(response.headers[.xContentTypeOptions] == "nosniff")
            #expect(response.headers[.referrerPolicy] == "no-referrer")
            let policy = try #require(response.headers[.contentSecurityPolicy]).split(separator: ";").map { $0.drop { $0 == " " } }
            #expect(
                policy == [
                    "default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "img-src 'self' data: blob:",
                    "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'",
                ])
            let tag = try #require(response.headers[.eTag])
            #expect(try await client.call(.get, "/ui/", headers: [.ifNoneMatch: tag]).status == .notModified)
            let head = try await client.call(.head, "/ui/")
            #expect(head.status == .ok && head.headers[.eTag] == tag)
        }
    }

    @Test("Its files are kept by browsers for ever, compressed for those that can read it") func files() async throws {
        try await Self.withPage { client, files in
            let path = "/ui/\(files.version)/src/main.js"
            let plain = try await client.call(.get, path)
            #expect(plain.status == .ok)
            #expect(plain.headers[.contentType] == "text/javascript; charset=utf-8")
            #expect(plain.headers[.cacheControl] == "public, max-age=31536000, immutable")
            #expect(plain.headers[.contentEncoding] == nil)
            #expect(plain.headers[.vary] == "Accept-Encoding")
            #expect(plain.headers[.contentSecurityPolicy] == PageSecurity.policy)
            let compressed = try await client.call(.get, path, headers: [.acceptEncoding: "br, gzip;q=0.8"])
            #expect(compressed.headers[.contentEncoding] == "gzip")
            #expect(compressed.body.readableBytes < plain.body.readableBytes)
            #expect(compressed.headers[.eTag] != plain.headers[.eTag])
        }
    }

    @Test("The weight of a coding decides") func codings() {
        for (header, accepts) in [
            (nil, false), ("", false), ("br", false), ("gzip", true), ("GZIP", true), ("gzip;q=0", false), ("gzip; q=0.0", false),
            ("*", true), ("deflate, gzip ; q=1", true),
        ] as [(String?, Bool)] {
            #expect(WebRoutes.acceptsGzip(header) == accepts, "\(header ?? "nil")")
        }
    }

    @Test("No path leads out of it, however it is written") func traversal() async throws {
        try await Self.withPage { client, files in
            for path in [
                "/ui/../etc/passwd", "/ui/%2e%2e/%2e%2e/etc/passwd", "/ui/..%2f..%2fetc%2fpasswd", "/ui/\(files.version)/../index.html",
                "/ui/\(files.version)/%2e%2e/index.html", "/ui/\(files.version)//etc/passwd", "/ui/\(files.version)/src",
                "/ui/\(files.version)/", "/ui/\(files.version)/.hidden", "/ui/\(files.version)/.git/config", "/ui/src/main.js",
                "/ui/000000000000/src/main.js", "/ui/\(files.version)/src/main.js%00", "/ui/\(files.version)/src%5Cmain.js",
            ] {
                let problem = try await client.call(.get, path)
                #expect(problem.status == .notFound, "\(path): \(problem.status)")
            }
        }
    }

    @Test("A browser is led to it from the root; programs are told where the API is") func root() async throws {
        try await Self.withPage { client, _ in
            let browser = try await client.call(.get, "/", headers: [.accept: "text/html,application/xhtml+xml;q=0.9"])
            #expect(browser.status == .temporaryRedirect)
            #expect(browser.headers[.location] == "/ui/")
            _ = try await client.problem(.get, "/", status: 404)
            let short = try await client.call(.get, "/ui")
            #expect(short.headers[.location] == "/ui/")
        }
    }

    @Test("Where its files are missing, it says where they were looked for, and the API answers") func missing() async throws {
        try await TestControlPlane().test(.live) { client in
            let response = try await client.call(.get, "/ui/")
            #expect(response.status == .notFound)
            #expect(response.headers[.contentType] == "text/plain; charset=utf-8")
            #expect(String(buffer: response.body).contains("LYNX_WEB"))
            #expect(try await client.call(.get, "/batches").status == .ok)
        }
    }

    @Test("Answers that are data are run by no browser, and lent to no other site") func dataAnswers() async throws {
        try await Self.withPage { client, _ in
            for path in ["/batches", "/openapi.json", "/nothing"] {
                let response = try await client.call(.get, path)
                #expect(response.headers[.xContentTypeOptions] == "nosniff", "\(path)")
                #expect(response.headers[.crossOriginResourcePolicy] == "same-origin", "\(path)")
                #expect(response.headers[.contentSecurityPolicy]?.contains("sandbox") == true, "\(path)")
            }
        }
    }
}
