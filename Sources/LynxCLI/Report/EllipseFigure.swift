import Glibc
import LynxModel

/// The dispersion of two outputs as a scatter of runs with its ellipses.
struct EllipseFigure {
    private let pair: OutputEllipses

    /// An ellipse is drawn through so many points.
    private static let corners = 96

    init(_ pair: OutputEllipses) { self.pair = pair }

    /// HTML: a heading, the chart, and the table of the ellipses.
    var section: String {
        let text = EllipseText(pair)
        let table = pair.ellipses.isEmpty
            ? ""
            : HTML.table(["ellipse", "#half-axes", "#normal share", "#share of runs", "#holds it at", "#95 % interval"], text.rows.map { $0.map(HTML.text) })
        let chart = pair.pointsX.isEmpty ? "" : "<div class=\"charts\">\(chart.figure)</div>"
        return "<h3>\(HTML.text(pair.y)) against \(HTML.text(pair.x))</h3><p>\(HTML.text(text.summary)).</p>\(chart)\(table)"
    }

    private var chart: Chart {
        var curves = pair.ellipses.map { (points: curve(axesTimes: 1, $0), isDashed: false) }
        // In place of the assumption of a normal distribution: what holds the outermost ellipse's share of the runs themselves.
        let wholly = pair.ellipses.last { $0.distance.value != nil && $0.sigmas > 0 }
        if let wholly, let distance = wholly.distance.value { curves.append((curve(axesTimes: distance / wholly.sigmas, wholly), true)) }
        let xs = pair.pointsX + curves.flatMap { $0.points.map(\.x) }
        let ys = pair.pointsY + curves.flatMap { $0.points.map(\.y) }
        let title = curves.isEmpty
            ? "\(label(pair.y, pair.yUnits)) against \(label(pair.x, pair.xUnits))"
            : "\(label(pair.y, pair.yUnits)) against \(label(pair.x, pair.xUnits)), at \(sigmas) σ; dashed: what holds \(share(wholly)) of the runs"
        var chart = Chart(title, x: .init(xs), y: .init(ys))
        if pair.xUnits == pair.yUnits { chart = chart.withEqualScales(title) }
        chart.points(zip(pair.pointsX, pair.pointsY).map { ($0, $1) })
        for curve in curves { chart.curve(curve.points, isDashed: curve.isDashed) }
        return chart
    }

    private var sigmas: String { pair.ellipses.map { NumberText.significant($0.sigmas) }.joined(separator: ", ") }

    private func share(_ ellipse: OutputEllipses.Ellipse?) -> String {
        "\(NumberText.fixed(100 * (ellipse?.normalShare ?? 0), digits: 1)) %"
    }

    private func label(_ name: String, _ units: String) -> String { units.isEmpty ? name : "\(name) in \(units)" }

    private func curve(axesTimes factor: Double, _ ellipse: OutputEllipses.Ellipse) -> [(x: Double, y: Double)] {
        guard let x = pair.centreX, let y = pair.centreY, let angle = pair.angleRad else { return [] }
        let (major, minor) = (factor * ellipse.semiMajor, factor * ellipse.semiMinor)
        return (0...Self.corners).map { corner in
            let turn = 2 * Double.pi * Double(corner) / Double(Self.corners)
            let (a, b) = (major * cos(turn), minor * sin(turn))
            return (x + a * cos(angle) - b * sin(angle), y + a * sin(angle) + b * cos(angle))
        }
    }
}
