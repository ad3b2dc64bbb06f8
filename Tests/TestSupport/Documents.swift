package import LynxDocument
package import Testing

package func yaml(_ text: String) -> Document { Document.yaml(Array(text.utf8), name: "t.yaml") }
package func json(_ text: String) -> Document { Document.json(Array(text.utf8), name: "body") }

/// The diagnostics that a reading ends with.
package func failure(sourceLocation: SourceLocation = #_sourceLocation, _ read: () throws -> Void) throws -> DiagnosticList {
    try #require(throws: DiagnosticList.self, sourceLocation: sourceLocation) { try read() }
}

extension Node {
    package var scalar: Scalar {
        get throws {
            guard case .scalar(let scalar) = content else { throw Unexpected(node: self) }
            return scalar
        }
    }

    package var sequence: [Node] {
        get throws {
            guard case .sequence(let items) = content else { throw Unexpected(node: self) }
            return items
        }
    }

    package var mapping: Mapping {
        get throws {
            guard case .mapping(let mapping) = content else { throw Unexpected(node: self) }
            return mapping
        }
    }
}

extension Mapping {
    package func value(_ key: String) throws -> Node { try #require(self[key]).value }
}

struct Unexpected: Error {
    var node: Node
}
