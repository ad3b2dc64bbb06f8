import LynxModel
import PlainText

/// Whether two studies were made with the same code, and in what it differs.
struct CodeReport: Sendable {
    private let code: CodeComparison

    /// Of more values the first ones are shown.
    private static let mostValues = 3

    init(_ code: CodeComparison) { self.code = code }

    func lines(terminal: Terminal) -> [String] {
        var lines: [String] = []
        if code.differences.isEmpty {
            if code.firstUnknown == 0, code.secondUnknown == 0 { lines.append("made with the same code") }
        } else {
            var table = TextTable(columns: [.init("made with different code"), .init("first"), .init("second", .free)])
            table.rows = code.differences.map { [.init($0.part), .init(Self.values($0.first)), .init(Self.values($0.second))] }
            lines = table.render(terminal: terminal)
            let mixed = [("first", code.differences.filter { $0.first.count > 1 }), ("second", code.differences.filter { $0.second.count > 1 })]
            for (side, parts) in mixed where !parts.isEmpty {
                lines.append(PlainText.line("the runs of the \(side) batch were not all made with the same \(parts.map(\.part).joined(separator: ", "))"))
            }
        }
        for (side, unknown) in [("first", code.firstUnknown), ("second", code.secondUnknown)] where unknown > 0 {
            lines.append("of \(NumberText.count(unknown, "run")) of the \(side) batch the runner does not tell the files it was made with")
        }
        return lines
    }

    private static func values(_ values: [CodeDifference.Value]) -> String {
        guard values.count != 1 else { return short(values[0].value) }
        if values.isEmpty { return "-" }
        let shown = values.prefix(mostValues).map { "\(short($0.value)) (\(NumberText.count($0.runs, "run")))" }.joined(separator: ", ")
        return values.count > mostValues ? "\(shown) and \(values.count - mostValues) more" : shown
    }

    /// As much of a hash as tells it from others.
    private static func short(_ value: String) -> String {
        let isHash = value.utf8.count == 64 && value.utf8.allSatisfy { ("0".utf8.first!...("9".utf8.first!)).contains($0) || ("a".utf8.first!...("f".utf8.first!)).contains($0) }
        return isHash ? String(value.prefix(12)) : value
    }
}
