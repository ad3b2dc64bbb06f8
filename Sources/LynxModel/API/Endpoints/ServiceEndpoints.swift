package import LynxDocument

/// The control plane itself.
extension Endpoint {
    package static var health: Endpoint<Void, Health> {
        .init(
            .get, "/healthz", .open, .service, "Whether the control plane answers.",
            answers: [.ok("It does.", example: ["status": "ok"])])
    }

    package static var readiness: Endpoint<Void, Readiness> {
        .init(
            .get, "/readyz", .open, .service, "Whether the control plane can do its work.",
            remarks: """
                Tries each part that it cannot do without, at most once a second; a part that does not answer within 5 \
                s does not work.
                """,
            answers: [
                .ok("It can.", example: ["status": "ready", "parts": ["ledger": ["ok": true], "artifact_store": ["ok": true]]]),
                EndpointAnswer(
                    503, "It cannot: a part does not work.", content: EndpointContent(of: Readiness.self),
                    example: [
                        "status": "not ready",
                        "parts": ["ledger": ["ok": false, "why": "the database cannot be reached"], "artifact_store": ["ok": true]],
                    ]),
            ])
    }

    package static var metrics: Endpoint<Void, PlainContent> {
        .init(
            .get, "/metrics", .scope(.admin), .service, "Figures for Prometheus.",
            remarks: "Jobs, batches and runners by state are those of the caller's tenant; the rest is what this process did.",
            answers: [.ok("Text format 0.0.4.")])
    }

    package static var describe: Endpoint<Void, OpenAPIContent> {
        .init(.get, "/openapi.json", .open, .service, "This document.", answers: [.ok("OpenAPI 3.1.")])
    }
}

/// Answer to `GET /healthz`.
package struct Health: Encodable, Sendable, ContentDescribing {
    package var status = "ok"

    package init() {}

    package static let mediaType = "application/json"
    package static let schema: JSONValue? = ["type": "object", "required": ["status"], "properties": ["status": ["const": "ok"]]]
}

/// Whether a control plane can do its work, part by part: what `GET /readyz` answers.
package struct Readiness: Encodable, Hashable, Sendable {
    package struct Part: Encodable, Hashable, Sendable {
        package var ok: Bool
        /// Why it does not work, without names of machines: nobody is asked who they are.
        package var why: String?

        package init(ok: Bool, why: String? = nil) {
            self.ok = ok
            self.why = why
        }
    }

    package enum Status: String, Encodable, Sendable {
        case ready
        case notReady = "not ready"
    }

    package var status: Status
    package var parts: [String: Part]

    package init(parts: [String: Part]) {
        self.parts = parts
        status = parts.values.allSatisfy(\.ok) ? .ready : .notReady
    }
}
