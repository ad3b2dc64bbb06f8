/// Text and elements of an HTML page. Everything that comes from a study goes through `text`, so that nothing of it is markup.
enum HTML {
    static func text(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            case "\n", "\t": escaped.unicodeScalars.append(scalar)
            case "\u{0}"..<"\u{20}", "\u{7F}"..<"\u{A0}": escaped += "\u{FFFD}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// A table; cells are HTML, columns whose title begins with `#` hold numbers.
    static func table(_ titles: [String], _ rows: [[String]]) -> String {
        func isNumber(_ column: Int) -> Bool { titles[column].utf8.first == UInt8(ascii: "#") }
        func open(_ tag: String, _ column: Int) -> String { isNumber(column) ? "<\(tag) class=\"n\">" : "<\(tag)>" }
        let head = titles.indices.map { column in
            let title = isNumber(column) ? String(titles[column].unicodeScalars.dropFirst()) : titles[column]
            return "\(open("th", column))\(text(title))</th>"
        }
        let body = rows.map { row in "<tr>" + row.enumerated().map { "\(open("td", $0))\($1)</td>" }.joined() + "</tr>" }
        return "<div class=\"scroll\"><table><thead><tr>\(head.joined())</tr></thead><tbody>\n\(body.joined(separator: "\n"))\n</tbody></table></div>"
    }

    static let style = """
        :root { color-scheme: light dark; --ink: #1c2330; --soft: #5b6577; --line: #d5dae3; --back: #fff; --fill: #2f6db5; --band: #2f6db533;
          --good: #1b7f3b; --bad: #b3261e; --open: #8a6100; }
        @media (prefers-color-scheme: dark) { :root { --ink: #e4e8ef; --soft: #9aa5b8; --line: #394151; --back: #14181f; --fill: #6aa5e8;
          --band: #6aa5e833; --good: #5fca80; --bad: #ff8a80; --open: #e2b552; } }
        body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--back); margin: 2rem auto; max-width: 62rem; padding: 0 1rem; }
        h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem; border-bottom: 1px solid var(--line); }
        h3 { font-size: 1rem; margin: 1.4rem 0 .3rem; } p, .soft { color: var(--soft); margin: .3rem 0; }
        table { border-collapse: collapse; font-size: .9rem; } th, td { text-align: left; padding: .25rem .7rem .25rem 0; border-bottom: 1px solid var(--line);
          vertical-align: top; } .n { text-align: right; font-variant-numeric: tabular-nums; } .scroll { overflow-x: auto; }
        .MET { color: var(--good); } .NOT { color: var(--bad); } .UNDECIDED { color: var(--open); } .verdict { font-weight: 600; white-space: nowrap; }
        .charts { display: flex; flex-wrap: wrap; gap: 1rem; } figure { margin: 0; } figcaption { font-size: .8rem; color: var(--soft); }
        svg { display: block; } svg text { fill: var(--soft); font-size: 11px; } .axis { stroke: var(--line); } .bar { fill: var(--fill); }
        .curve { fill: none; stroke: var(--fill); stroke-width: 1.6; } .dashed { stroke-dasharray: 5 3; }
        .dot { fill: var(--fill); fill-opacity: .35; } .band { fill: var(--band); } .mark { stroke: var(--bad); stroke-dasharray: 4 3; }
        """
}
