/// The little of XML that an object store's answers need: the text of elements by name. They are flat records
/// without attributes of interest, comments or CDATA.
struct XMLText {
    /// By scalars: a bracket before a combining mark is one Character with it.
    private let text: Substring.UnicodeScalarView

    init(_ text: some StringProtocol) { self.init(Substring(text).unicodeScalars) }

    private init(_ text: Substring.UnicodeScalarView) { self.text = text }

    /// What is between `<name>` and `</name>`, each time.
    func elements(_ name: String) -> [XMLText] {
        var found: [XMLText] = []
        var rest = text
        while let open = rest.firstRange(of: "<\(name)>".unicodeScalars) {
            let inner = rest[open.upperBound...]
            guard let close = inner.firstRange(of: "</\(name)>".unicodeScalars) else { break }
            found.append(XMLText(inner[..<close.lowerBound]))
            rest = inner[close.upperBound...]
        }
        return found
    }

    /// The first such element's text, with the five entities resolved.
    func value(_ name: String) -> String? { elements(name).first?.unescaped }

    private var unescaped: String {
        guard text.contains("&") else { return String(text) }
        // The ampersand last: `&amp;lt;` is `&lt;`.
        let plain = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#34;", "\""), ("&apos;", "'"), ("&#39;", "'"), ("&amp;", "&")]
            .reduce(into: text) { $0.replace($1.0.unicodeScalars, with: $1.1.unicodeScalars) }
        return String(plain)
    }
}
