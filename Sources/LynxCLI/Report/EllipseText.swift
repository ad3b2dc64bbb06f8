import LynxModel
import PlainText

/// The dispersion of two outputs, in words and numbers.
struct EllipseText {
    private let pair: OutputEllipses

    init(_ pair: OutputEllipses) { self.pair = pair }

    func lines(terminal: Terminal) -> [String] {
        var lines = ["dispersion of \(PlainText.line(pair.y)) against \(PlainText.line(pair.x)):", "  \(PlainText.line(summary))"]
        guard !pair.ellipses.isEmpty else { return lines }
        var table = TextTable(columns: [
            .init("ellipse"), .init("half-axes", .right), .init("normal share", .right), .init("share of runs", .right),
            .init("holds it at", .right), .init("95 % interval", .right),
        ])
        table.rows = rows.map { $0.map { .init($0) } }
        lines += table.render(terminal: terminal)
        return lines
    }

    /// For each ellipse: its name, half-axes, shares, and the distance that as large a share of the runs lies within.
    var rows: [[String]] {
        pair.ellipses.map { ellipse in
            [
                "\(NumberText.significant(ellipse.sigmas)) σ", "\(NumberText.significant(ellipse.semiMajor)), \(NumberText.significant(ellipse.semiMinor))",
                Self.percent(ellipse.normalShare), Self.percent(between: ellipse.share), ellipse.distance.value.map { "\(NumberText.fixed($0, digits: 2)) σ" } ?? "-",
                "\(Self.side(ellipse.distance.low)) … \(Self.side(ellipse.distance.high)) σ",
            ]
        }
    }

    /// Where the runs lie, or why there are no ellipses.
    var summary: String {
        var text = NumberText.count(pair.count, "run")
        if pair.missing > 0 { text += ", \(pair.missing) without both" }
        guard let x = pair.centreX, let y = pair.centreY else {
            return text + (pair.count < 3 ? "; ellipses take three at least" : "; they lie on a line, so there is no ellipse")
        }
        text += ", mean \(Self.value(x, pair.xUnits)), \(Self.value(y, pair.yUnits))"
        if let correlation = pair.correlation { text += ", correlation \(NumberText.fixed(correlation, digits: 3))" }
        if let angle = pair.angleRad, pair.xUnits == pair.yUnits {
            text += ", major axis at \(NumberText.fixed(angle * 180 / .pi, digits: 1))° from \(pair.x)"
        }
        return text
    }

    private static func value(_ value: Double, _ units: String) -> String {
        units.isEmpty ? NumberText.significant(value) : "\(NumberText.significant(value)) \(units)"
    }

    private static func percent(_ share: Double) -> String { "\(NumberText.fixed(100 * share, digits: 1)) %" }

    /// One share where no run is missing.
    private static func percent(between share: Estimate) -> String {
        guard let low = share.low, let high = share.high else { return "-" }
        return low == high ? percent(low) : "\(NumberText.fixed(100 * low, digits: 1)) … \(percent(high))"
    }

    private static func side(_ value: Double?) -> String { value.map { NumberText.fixed($0, digits: 2) } ?? "?" }
}
