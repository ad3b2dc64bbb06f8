import LynxModel

/// A small chart as SVG, with its axes.
struct Chart {
    let title: String
    private let x: Scale
    private let y: Scale
    private var marks: [String] = []

    private static let (width, height) = (290.0, 190.0)
    private static let (left, right, top, bottom) = (58.0, 10.0, 10.0, 24.0)

    /// A range of values on a stretch of the picture.
    struct Scale {
        let low: Double
        let high: Double

        /// A range that has a width also where all values are equal.
        init(_ values: [Double], from zero: Double? = nil) {
            let finite = values.filter(\.isFinite) + (zero.map { [$0] } ?? [])
            let (low, high) = (finite.min() ?? 0, finite.max() ?? 1)
            let margin = high > low ? 0 : max(abs(high), 1) * 0.05
            (self.low, self.high) = (low - margin, high + margin)
        }

        /// The same middle, `factor` times as wide.
        func widened(_ factor: Double) -> Scale {
            let (middle, half) = (low + (high - low) / 2, factor * (high - low) / 2)
            return Scale([middle - half, middle + half])
        }

        func share(_ value: Double) -> Double { (value - low) / (high - low) }
    }

    init(_ title: String, x: Scale, y: Scale) {
        (self.title, self.x, self.y) = (title, x, y)
    }

    /// An empty chart of the same ranges, one of them widened until a unit is as long on both axes. Ranges that differ so much
    /// that one of them would become a line stay as they are.
    func withEqualScales(_ title: String) -> Chart {
        let perPixel = (
            x: (x.high - x.low) / (Self.width - Self.left - Self.right), y: (y.high - y.low) / (Self.height - Self.top - Self.bottom)
        )
        let ratio = perPixel.x / perPixel.y
        guard (0.1...10).contains(ratio) else { return Chart(title, x: x, y: y) }
        return ratio < 1 ? Chart(title, x: x.widened(1 / ratio), y: y) : Chart(title, x: x, y: y.widened(ratio))
    }

    private func px(_ value: Double) -> Double { Self.left + x.share(value) * (Self.width - Self.left - Self.right) }
    private func py(_ value: Double) -> Double { Self.height - Self.bottom - y.share(value) * (Self.height - Self.top - Self.bottom) }
    private func point(_ a: Double, _ b: Double) -> String { "\(Self.short(px(a))),\(Self.short(py(b)))" }

    private static func short(_ value: Double) -> String { NumberText.fixed(value, digits: 1) }

    mutating func bar(from low: Double, to high: Double, height: Double) {
        let (x0, x1, y0, y1) = (px(low), px(high), py(y.low), py(height))
        marks.append(
            "<rect class=\"bar\" x=\"\(Self.short(x0))\" y=\"\(Self.short(y1))\" width=\"\(Self.short(max(x1 - x0 - 0.5, 0.5)))\" height=\"\(Self.short(max(y0 - y1, 0)))\"/>")
    }

    mutating func points(_ points: [(x: Double, y: Double)]) {
        marks += points.map { "<circle class=\"dot\" cx=\"\(Self.short(px($0.x)))\" cy=\"\(Self.short(py($0.y)))\" r=\"1.5\"/>" }
    }

    mutating func curve(_ points: [(x: Double, y: Double)], isStep: Bool = false, isDashed: Bool = false) {
        guard let first = points.first else { return }
        var path = "M\(point(first.x, first.y))"
        var last = first.y
        for next in points.dropFirst() {
            if isStep { path += "L\(point(next.x, last))" }
            path += "L\(point(next.x, next.y))"
            last = next.y
        }
        marks.append("<path class=\"curve\(isDashed ? " dashed" : "")\" d=\"\(path)\"/>")
    }

    mutating func band(_ points: [(x: Double, low: Double, high: Double)]) {
        guard points.count > 1 else { return }
        let upper = points.map { point($0.x, min($0.high, y.high)) }
        let lower = points.reversed().map { point($0.x, max($0.low, y.low)) }
        marks.append("<polygon class=\"band\" points=\"\((upper + lower).joined(separator: " "))\"/>")
    }

    /// A vertical line, such as a threshold.
    mutating func line(at value: Double) {
        guard (0...1).contains(x.share(value)) else { return }
        let place = Self.short(px(value))
        marks.append("<line class=\"mark\" x1=\"\(place)\" x2=\"\(place)\" y1=\"\(Self.short(Self.top))\" y2=\"\(Self.short(Self.height - Self.bottom))\"/>")
    }

    var figure: String {
        let (x0, x1, y0, y1) = (Self.left, Self.width - Self.right, Self.height - Self.bottom, Self.top)
        let axes = "<path class=\"axis\" fill=\"none\" d=\"M\(x0) \(y1)V\(y0)H\(x1)\"/>"
        func label(_ value: Double) -> String { HTML.text(NumberText.significant(value)) }
        let labels = [
            "<text x=\"\(x0)\" y=\"\(y0 + 15)\">\(label(x.low))</text>", "<text x=\"\(x1)\" y=\"\(y0 + 15)\" text-anchor=\"end\">\(label(x.high))</text>",
            "<text x=\"\(x0 - 4)\" y=\"\(y0)\" text-anchor=\"end\">\(label(y.low))</text>",
            "<text x=\"\(x0 - 4)\" y=\"\(y1 + 8)\" text-anchor=\"end\">\(label(y.high))</text>",
        ]
        return "<figure><svg role=\"img\" aria-label=\"\(HTML.text(title))\" width=\"\(Int(Self.width))\" height=\"\(Int(Self.height))\" viewBox=\"0 0 \(Int(Self.width)) \(Int(Self.height))\">"
            + axes + marks.joined() + labels.joined() + "</svg><figcaption>\(HTML.text(title))</figcaption></figure>"
    }
}
