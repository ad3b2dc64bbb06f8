import PlainText

/// Columns of text, aligned. Pure: gives lines, prints nothing.
package struct TextTable: Sendable {
    package enum Alignment: Sendable {
        case left, right
        /// Text of any length, in the last column: cut where the terminal ends.
        case free
    }

    package struct Column: Sendable {
        package var title: String
        package var alignment: Alignment

        package init(_ title: String, _ alignment: Alignment = .left) {
            self.title = title
            self.alignment = alignment
        }
    }

    package struct Cell: Sendable, ExpressibleByStringLiteral {
        package var text: String
        package var paint: Paint?

        package init(_ text: String, _ paint: Paint? = nil) {
            // A message of several lines would tear the table apart, and a simulation's escape sequences the terminal.
            self.text = PlainText.line(text)
            self.paint = paint
        }

        package init(stringLiteral text: String) { self.init(text) }
    }

    package var columns: [Column]
    package var rows: [[Cell]]

    package init(columns: [Column], rows: [[Cell]] = []) {
        self.columns = columns
        self.rows = rows
    }

    /// Columns that it takes; free text is granted a few.
    package var width: Int {
        let widths = widths(of: rows)
        return zip(columns, widths).reduce(2 * (columns.count - 1)) { sum, column in
            sum + (column.0.alignment == .free ? min(column.1, Self.leastFreeText) : column.1)
        }
    }

    private static let leastFreeText = 24

    /// The title line and one line for each row.
    ///
    /// - Parameter shortenedTo: with more rows than this, the middle ones become one line that counts them.
    package func render(terminal: Terminal, shortenedTo limit: Int? = nil) -> [String] {
        let shown = Self.split(rows, limit: limit)
        let widths = widths(of: shown.head + shown.tail)
        var lines = [line(columns.map { Cell($0.title, .bold) }, widths: widths, terminal: terminal)]
        lines += shown.head.map { line($0, widths: widths, terminal: terminal) }
        if shown.left > 0 {
            lines.append(terminal.paint("\(terminal.ellipsis) \(shown.left) more rows", .dim))
        }
        lines += shown.tail.map { line($0, widths: widths, terminal: terminal) }
        return lines
    }

    private func widths(of rows: [[Cell]]) -> [Int] {
        columns.indices.map { column in rows.map { $0[column].text.count }.reduce(columns[column].title.count, max) }
    }

    private static func split(_ rows: [[Cell]], limit: Int?) -> (head: [[Cell]], left: Int, tail: [[Cell]]) {
        guard let limit, rows.count > limit else { return (rows, 0, []) }
        let head = (limit + 1) / 2
        let tail = limit / 2
        return (Array(rows.prefix(head)), rows.count - head - tail, Array(rows.suffix(tail)))
    }

    private func line(_ cells: [Cell], widths: [Int], terminal: Terminal) -> String {
        var text = ""
        var used = 0
        for (index, cell) in cells.enumerated() {
            let isLast = index == cells.count - 1
            var shown = cell.text
            if columns[index].alignment == .free, let most = terminal.columns, used + shown.count > most {
                shown = String(shown.prefix(max(0, most - used - terminal.ellipsis.count))) + terminal.ellipsis
            }
            let padding = String(repeating: " ", count: max(0, widths[index] - shown.count))
            let painted = cell.paint.map { terminal.paint(shown, $0) } ?? shown
            text += columns[index].alignment == .right ? padding + painted : painted + (isLast ? "" : padding)
            if !isLast { text += "  " }
            used += widths[index] + 2
        }
        while text.last == " " { text.removeLast() }
        return text
    }
}

extension TextTable {
    /// Prints the table to standard output.
    package func print() {
        for line in render(terminal: Terminal.of(OutputStream.standard.descriptor)) { OutputStream.standard.write(line + "\n") }
    }
}
