import HTTPTypes
import Hummingbird
import HummingbirdTesting
import LynxModel
import NIOCore
import Testing

@testable import ControlPlane

@Suite("Which site's page made a browser call")
struct CallOriginTests {
    private static func origin(_ headers: HTTPFields, _ method: HTTPRequest.Method = .post) -> CallOrigin {
        let head = HTTPRequest(method: method, scheme: "http", authority: "localhost:8080", path: "/batches", headerFields: headers)
        return CallOrigin(Request(head: head, body: .init(buffer: ByteBuffer())))
    }

    @Test("Fetch metadata is believed before the origin") func metadata() {
        #expect(Self.origin([.fetchSite: "same-origin", .origin: "http://proxy.example"]) == .own)
        #expect(Self.origin([.fetchSite: "none"]) == .own)
        // Another port of this machine is another origin of the same site.
        #expect(Self.origin([.fetchSite: "same-site", .origin: "http://localhost:3000"]) == .foreign("http://localhost:3000"))
        #expect(Self.origin([.fetchSite: "cross-site", .origin: "https://evil.example"]) == .foreign("https://evil.example"))
        #expect(Self.origin([.fetchSite: "cross-site", .fetchMode: "no-cors", .fetchDestination: "image"], .get) == .foreign("a cross-site page"))
    }

    @Test("A link from elsewhere may be followed, as a page of its own and only to look") func links() {
        let link: HTTPFields = [.fetchSite: "cross-site", .fetchMode: "navigate", .fetchDestination: "document"]
        #expect(Self.origin(link, .get) == .followedLink)
        #expect(Self.origin(link) == .foreign("a cross-site page"))
        var frame = link
        frame[.fetchDestination] = "iframe"
        #expect(Self.origin(frame, .get) == .foreign("a cross-site page"))
    }

    @Test("Without metadata the origin is this server's, or foreign") func origins() {
        #expect(Self.origin([:]) == .unsaid)
        for own in ["http://localhost:8080", "https://LOCALHOST:8080"] { #expect(Self.origin([.origin: own]) == .own) }
        for foreign in [
            "null", "http://localhost", "http://localhost:80801", "http://evil.example/localhost:8080",
            "http://localhost:8080.evil.example", "",
        ] {
            #expect(Self.origin([.origin: foreign]) == .foreign(foreign))
        }
    }
}
