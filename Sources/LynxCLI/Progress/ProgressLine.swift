/// The one line that is redrawn on a terminal.
package enum ProgressLine {
    /// Fits into `columns`: the bar shrinks first, then what matters least is left out.
    package static func render(_ progress: ProgressSnapshot, columns: Int, terminal: Terminal) -> String {
        var fields = fields(progress, terminal: terminal)
        while fields.count > 1, width(fields) + 2 + shortestBar > columns {
            let least = fields.indices.max { fields[$0].rank < fields[$1].rank }!
            fields.remove(at: least)
        }
        let room = min(longestBar, columns - width(fields) - 1)
        let text = fields.map { field in field.paint.map { terminal.paint(field.text, $0) } ?? field.text }.joined(separator: "  ")
        guard room >= shortestBar else { return String(fields[0].text.prefix(max(0, columns))) }
        return bar(progress, width: room, terminal: terminal) + " " + text
    }

    private static let shortestBar = 8
    private static let longestBar = 40

    private struct Field {
        var text: String
        /// The higher, the sooner it is left out.
        var rank: Int
        var paint: Paint?
    }

    private static func width(_ fields: [Field]) -> Int {
        fields.reduce(0) { $0 + $1.text.count } + 2 * (fields.count - 1)
    }

    private static func fields(_ progress: ProgressSnapshot, terminal: Terminal) -> [Field] {
        var fields = [Field(text: "\(progress.finished)/\(progress.total)", rank: 0)]
        // The whole of it stands above the line.
        if progress.holdup != nil { fields.append(Field(text: "disk full: waiting for room", rank: 1, paint: .red)) }
        fields.append(
            Field(text: "\(progress.failed) failed", rank: progress.failed > 0 ? 1 : 6, paint: progress.failed > 0 ? .red : nil))
        if progress.cancelled > 0 { fields.append(Field(text: "\(progress.cancelled) cancelled", rank: 3, paint: .yellow)) }
        fields.append(Field(text: "\(progress.running) running", rank: 4))
        fields.append(Field(text: "\(rate(progress))/min", rank: 5))
        if progress.finished < progress.total {
            fields.append(Field(text: "ETA \(progress.remaining.map(NumberText.duration) ?? "--")", rank: 2))
        }
        fields.append(Field(text: NumberText.duration(progress.elapsed), rank: 7, paint: .dim))
        return fields
    }

    static func rate(_ progress: ProgressSnapshot) -> String {
        progress.perMinute.map { NumberText.fixed($0, digits: $0 < 100 ? 1 : 0) } ?? "--"
    }

    private static func bar(_ progress: ProgressSnapshot, width: Int, terminal: Terminal) -> String {
        let inner = width - 2
        // Full only when all is done.
        let filled = progress.finished >= progress.total ? inner : min(inner - 1, Int(progress.fraction * Double(inner)))
        let (done, open) = terminal.unicode ? ("█", "░") : ("#", "-")
        let text = String(repeating: done, count: filled) + String(repeating: open, count: inner - filled)
        return "[" + terminal.paint(text, progress.failed > 0 ? .yellow : .green) + "]"
    }
}
