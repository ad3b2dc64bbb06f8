/// A tree of what a YAML or JSON document says, before anything is known of what it should say.
package struct Node: Sendable {
    package enum Content: Sendable {
        case scalar(Scalar)
        case sequence([Node])
        case mapping(Mapping)
    }

    package var content: Content
    /// Where the value begins.
    package var mark: Mark

    package init(_ content: Content, at mark: Mark) {
        self.content = content
        self.mark = mark
    }
}

package struct Scalar: Hashable, Sendable {
    package enum Style: Sendable {
        /// Unquoted: its type follows from its text.
        case plain
        /// Quoted in YAML or JSON, or a block scalar: always a string.
        case quoted
        /// From an environment variable or a flag: whatever type is expected; lists are separated by commas.
        case untyped
    }

    package var text: String
    package var style: Style

    package init(_ text: String, style: Style) {
        self.text = text
        self.style = style
    }
}

/// Keys in the order of the file, without duplicates.
package struct Mapping: Sendable {
    package struct Entry: Sendable {
        package var key: String
        package var keyMark: Mark
        package var value: Node

        package init(key: String, keyMark: Mark, value: Node) {
            self.key = key
            self.keyMark = keyMark
            self.value = value
        }
    }

    package var entries: [Entry]

    package init(_ entries: [Entry] = []) { self.entries = entries }

    package subscript(key: String) -> Entry? { entries.first { $0.key == key } }
}

extension Node {
    /// What was found, for a message: `the string 'abc'`, `a list`.
    package var found: String {
        switch content {
        case .sequence: "a list"
        case .mapping: "a mapping"
        case .scalar(let scalar): scalar.found
        }
    }

    /// Nothing after the colon, `null` or `~`; an empty environment variable.
    package var isNull: Bool {
        guard case .scalar(let scalar) = content else { return false }
        return switch scalar.style {
        case .plain: scalar.resolved == .null
        case .untyped: scalar.text.isEmpty
        case .quoted: false
        }
    }
}
