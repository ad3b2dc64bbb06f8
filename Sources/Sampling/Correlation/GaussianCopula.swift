import LynxDocument
import LynxModel

/// Correlated parameters: each takes the quantile of Φ(z), where its z is a weighted sum of independent normal numbers.
///
/// The numbers are those of the design, one for each parameter, and of a group of correlated parameters each has a part in
/// its own z and in those of the ones after it. The first of a group therefore keeps the values that it has by itself.
struct GaussianCopula {
    struct Term {
        let axis: Int
        let weight: Double
    }

    /// By the axis of each parameter whose values are others than it has by itself.
    private(set) var terms: [Int: [Term]] = [:]
    /// What is wrong with the coefficients; the nearest that can be had are then used in their place.
    private(set) var problems: [FieldProblem] = []

    /// - Parameters:
    ///   - spec: of parameters in `names`, all continuous.
    ///   - names: of the design's axes, in ascending order.
    init(_ spec: CorrelationSpec, dispersions: [String: Dispersion], names: [String]) {
        let table = CorrelationTable(spec)
        var scores: [String: StandardizedDistribution?] = [:]
        func score(_ name: String) -> StandardizedDistribution? {
            if let known = scores[name] { return known }
            let distribution = dispersions[name]?.distribution
            let made =
                distribution?.hasStandardDeviation == true ? distribution?.continuous.flatMap(StandardizedDistribution.init) : nil
            scores.updateValue(made, forKey: name)
            return made
        }
        func scale(_ first: String, _ second: String) -> CorrelationScale {
            CorrelationScale(spec.kind) { (score(first), score(second)) }
        }
        for group in table.groups {
            var normal = CorrelationMatrix(group.map { row in group.map { $0 == row ? 1 : 0 } })
            let before = problems.count
            for (row, first) in group.enumerated() {
                for (column, second) in group[..<row].enumerated() {
                    guard let entry = table[first, second] else { continue }
                    let scale = scale(first, second)
                    if let value = scale.normal(entry.value) {
                        normal[row, column] = value
                    } else {
                        normal[row, column] =
                            entry.value < scale.reachable.lowerBound ? -1 : entry.value > scale.reachable.upperBound ? 1 : 0
                        let culprit = [second, first].first { score($0) == nil }
                        problems.append(
                            FieldProblem(entry.path, Self.unreachable(entry.value, second, first, scale.reachable, culprit)))
                    }
                }
            }
            if problems.count == before, normal.lowerFactor() == nil {
                problems.append(
                    FieldProblem(table.path, NearestCorrelations(of: normal, names: group, scale: scale).message(spec)))
            }
            let axes = group.map { name in names.firstIndex(of: name) }
            for (row, weights) in normal.nearestLowerFactor().enumerated() {
                let sum = zip(axes, weights).compactMap { axis, weight in
                    weight == 0 ? nil : axis.map { Term(axis: $0, weight: weight) }
                }
                guard let axis = axes[row], !(sum.count == 1 && sum[0].axis == axis && sum[0].weight == 1) else { continue }
                terms[axis] = sum
            }
        }
    }

    private static func unreachable(
        _ value: Double, _ first: String, _ second: String, _ range: ClosedRange<Double>, _ culprit: String?
    ) -> String {
        if let culprit {
            return "\(Excerpt.quoted(culprit)) has no standard deviation, which a linear correlation is a share of; "
                + "use spearman or kendall"
        }
        // Rounded inwards, so that what is shown can be had.
        let (low, high) = ((range.lowerBound * 1e6).rounded(.up) / 1e6, (range.upperBound * 1e6).rounded(.down) / 1e6)
        let pair = "\(Excerpt.quoted(first)) and \(Excerpt.quoted(second))"
        return "\(Shown.number(value)) is out of reach of \(pair) with their distributions; "
            + "give a number from \(Shown.number(low)) to \(Shown.number(high))"
    }
}

/// The coefficients of a specification by their pair, and the parameters that hang together by them.
struct CorrelationTable {
    struct Entry {
        let value: Double
        let path: [FieldProblem.Step]
    }

    private var entries: [Set<String>: Entry] = [:]
    /// Each in the order of their names.
    private(set) var groups: [[String]] = []
    let path: [FieldProblem.Step]

    init(_ spec: CorrelationSpec) {
        let root: [FieldProblem.Step] = ["config", "correlation"]
        switch spec.values {
        case .pairs(let pairs):
            path = root + ["pairs"]
            for (index, pair) in pairs.enumerated() {
                entries[Set(pair.between)] = Entry(value: pair.value, path: path + [.index(index), "value"])
            }
        case .matrix(let parameters, let rows):
            path = root + ["matrix"]
            for (row, first) in parameters.enumerated() {
                for (column, second) in parameters[..<row].enumerated() {
                    entries[[first, second]] = Entry(value: rows[row][column], path: path + [.index(row), .index(column)])
                }
            }
        }
        entries = entries.filter { $0.value.value != 0 && $0.key.count == 2 }
        groups = Self.connected(entries.keys.map { $0.sorted() }.sorted { $0.lexicographicallyPrecedes($1) })
    }

    subscript(_ first: String, _ second: String) -> Entry? { entries[[first, second]] }

    private static func connected(_ pairs: [[String]]) -> [[String]] {
        var groups: [Set<String>] = []
        for pair in pairs {
            let touching = groups.filter { !$0.isDisjoint(with: pair) }
            groups.removeAll { !$0.isDisjoint(with: pair) }
            groups.append(touching.reduce(into: Set(pair)) { $0.formUnion($1) })
        }
        return groups.map { $0.sorted() }.sorted { $0[0] < $1[0] }
    }
}
