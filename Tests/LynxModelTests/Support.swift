import LynxModel
import Testing

func yaml(_ text: String) -> Document { Document.yaml(Array(text.utf8), name: "t.yaml") }
func json(_ text: String) -> Document { Document.json(Array(text.utf8), name: "body") }

/// The diagnostics that a reading ends with.
func failure(sourceLocation: SourceLocation = #_sourceLocation, _ read: () throws -> Void) throws -> DiagnosticList {
    try #require(throws: DiagnosticList.self, sourceLocation: sourceLocation) { try read() }
}

extension Node {
    var scalar: Scalar {
        get throws {
            guard case .scalar(let scalar) = content else { throw Unexpected(node: self) }
            return scalar
        }
    }

    var sequence: [Node] {
        get throws {
            guard case .sequence(let items) = content else { throw Unexpected(node: self) }
            return items
        }
    }

    var mapping: Mapping {
        get throws {
            guard case .mapping(let mapping) = content else { throw Unexpected(node: self) }
            return mapping
        }
    }
}

extension Mapping {
    func value(_ key: String) throws -> Node { try #require(self[key]).value }
}

struct Unexpected: Error {
    var node: Node
}

/// Steele, Lea and Flood (2014): the same numbers for the same seed, on any machine.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
