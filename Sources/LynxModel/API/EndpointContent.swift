package import LynxDocument

/// What a body or an answer consists of.
package struct EndpointContent: Hashable, Sendable {
    package let mediaType: String
    /// Nil: anything.
    package let schema: JSONValue?
    /// The same in other media types, for clients that accept those.
    package let alternatives: [EndpointContent]

    package init(mediaType: String, schema: JSONValue?, alternatives: [EndpointContent] = []) {
        self.mediaType = mediaType
        self.schema = schema
        self.alternatives = alternatives
    }

    /// Nil for `Void`. JSON is described by the component that has the name of its type.
    init?(of type: Any.Type) {
        if type == Void.self { return nil }
        if let type = type as? any ContentDescribing.Type {
            self.init(mediaType: type.mediaType, schema: type.schema, alternatives: type.alternatives)
        } else {
            self = .json("\(type)")
        }
    }

    /// - Parameter component: the name of a schema.
    static func json(_ component: String, or alternatives: [EndpointContent] = []) -> EndpointContent {
        EndpointContent(
            mediaType: "application/json", schema: ["$ref": "#/components/schemas/\(component)"], alternatives: alternatives)
    }

    static let problem = EndpointContent(mediaType: "application/problem+json", schema: ["$ref": "#/components/schemas/Problem"])
}

/// A body or an answer that is no JSON, or is described where it is used.
package protocol ContentDescribing {
    static var mediaType: String { get }
    /// Nil: anything.
    static var schema: JSONValue? { get }
    /// The same in other media types.
    static var alternatives: [EndpointContent] { get }
}

extension ContentDescribing {
    package static var alternatives: [EndpointContent] { [] }
}

/// Bytes as they are.
package enum BinaryContent: ContentDescribing {
    package static let mediaType = "application/octet-stream"
    package static let schema: JSONValue? = ["type": "string", "format": "binary"]
}

/// A stored file, of the type that its name suggests.
package enum FileContent: ContentDescribing {
    package static let mediaType = "*/*"
    package static let schema: JSONValue? = nil
}

package enum CSVContent: ContentDescribing {
    package static let mediaType = "text/csv"
    package static let schema: JSONValue? = ["type": "string"]
}

package enum PlainContent: ContentDescribing {
    package static let mediaType = "text/plain"
    package static let schema: JSONValue? = ["type": "string"]
}

/// Server-sent events (WHATWG HTML, 9.2).
package enum EventContent: ContentDescribing {
    package static let mediaType = "text/event-stream"
    package static let schema: JSONValue? = ["type": "string"]
}

/// An OpenAPI document.
package enum OpenAPIContent: ContentDescribing {
    package static let mediaType = "application/json"
    package static let schema: JSONValue? = ["type": "object", "required": ["openapi", "info", "paths"]]
}
