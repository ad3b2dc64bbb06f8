import LynxDocument
import LynxModel
import Statistics

/// How pairs of outputs disperse together.
extension StudyAnalyst {
    /// Runs that are drawn, at most.
    private static let mostDrawn = 1000

    /// Of pairs whose outputs the table has, of the runs that have ended.
    func ellipses(of pairs: [EllipsePairs.Pair]) -> [OutputEllipses] {
        let ended = endedRuns
        return pairs.compactMap { pair in
            guard let x = table.output(pair.x), let y = table.output(pair.y) else { return nil }
            return ellipses(x, y, ended)
        }
    }

    private func ellipses(_ x: StudyTable.Output, _ y: StudyTable.Output, _ ended: [Int]) -> OutputEllipses {
        // What is not finite is no answer.
        func answers(_ output: StudyTable.Output) -> [Double] { ended.map { output.values[$0].isFinite ? output.values[$0] : .nan } }
        let (xs, ys) = (answers(x), answers(y))
        let both = xs.indices.filter { !xs[$0].isNaN && !ys[$0].isNaN }
        let stride = max(1, (both.count + Self.mostDrawn - 1) / Self.mostDrawn)
        let drawn = Swift.stride(from: 0, to: both.count, by: stride).map { both[$0] }
        let found = DispersionEllipses(xs, ys)
        return OutputEllipses(
            x: x.name, y: y.name, xUnits: x.units, yUnits: y.units, count: both.count, missing: ended.count - both.count,
            centreX: found?.centre.x, centreY: found?.centre.y, correlation: found?.covariance.correlation(0, 1), angleRad: found?.angle,
            ellipses: found.map { $0.ellipses.map(OutputEllipses.Ellipse.init) } ?? [], pointsX: drawn.map { xs[$0] }, pointsY: drawn.map { ys[$0] })
    }
}

extension OutputEllipses.Ellipse {
    fileprivate init(_ ellipse: DispersionEllipses.Ellipse) {
        self.init(
            sigmas: ellipse.sigmas, semiMajor: ellipse.semiMajor, semiMinor: ellipse.semiMinor, normalShare: ellipse.normalShare,
            share: Estimate(value: nil, low: ellipse.share.lower, high: ellipse.share.upper),
            distance: Estimate(ellipse.distance.value, ellipse.distance.intervalOfBounds))
    }
}

extension EllipsePairs {
    /// The pairs, of a study's outputs.
    ///
    /// - Parameter outputs: names and units, in the study's order.
    func pairs(of outputs: [(name: String, units: String)]) -> [Pair] {
        switch self {
        case .named(let pairs): return pairs
        case .sharedUnits:
            var pairs: [Pair] = []
            for (place, first) in outputs.enumerated() where !first.units.isEmpty {
                for second in outputs[(place + 1)...] where second.units == first.units {
                    pairs.append(Pair(x: first.name, y: second.name))
                    if pairs.count == Self.mostShared { return pairs }
                }
            }
            return pairs
        }
    }

    /// Reads `x:y,x:y` as pairs of a study's outputs, whose names may hold colons and commas themselves.
    ///
    /// - Throws: a message that goes on a parameter's name.
    static func read(_ text: String, outputs: [String]) throws(EllipsePairsError) -> EllipsePairs {
        if text == sharedUnitsWord { return .sharedUnits }
        var pairs: [Pair] = []
        var rest = text[...]
        while true {
            guard let (pair, left) = first(of: rest, outputs) else {
                let known = outputs.sorted().prefix(20).joined(separator: ", ")
                throw EllipsePairsError(
                    "has \(Excerpt.quoted(String(rest))), which is no pair of outputs that runs have given, such as a:b; outputs are \(known.isEmpty ? "none so far" : known)")
            }
            guard pair.x != pair.y else { throw EllipsePairsError("has '\(pair.x)' twice in a pair; give two different outputs") }
            pairs.append(pair)
            guard pairs.count <= most else { throw EllipsePairsError("has more than \(most) pairs; give fewer at once") }
            guard let left else { return .named(pairs) }
            rest = left
        }
    }

    /// The pair that a list begins with, and what follows its comma.
    private static func first(of text: Substring, _ outputs: [String]) -> (Pair, Substring?)? {
        for x in outputs where text.utf8.starts(with: x.utf8) {
            let afterX = text.utf8.dropFirst(x.utf8.count)
            guard afterX.first == UInt8(ascii: ":") else { continue }
            for y in outputs where afterX.dropFirst().starts(with: y.utf8) {
                let afterY = afterX.dropFirst(1 + y.utf8.count)
                if afterY.isEmpty { return (Pair(x: x, y: y), nil) }
                if afterY.first == UInt8(ascii: ",") { return (Pair(x: x, y: y), Substring(afterY.dropFirst())) }
            }
        }
        return nil
    }
}

struct EllipsePairsError: Error, Hashable {
    var message: String

    init(_ message: String) { self.message = message }
}
