import LynxDocument
import LynxModel

/// What a user may give in place of coefficients that no parameters can have together.
struct NearestCorrelations {
    private let names: [String]
    private let smallestEigenvalue: Double
    /// The coefficients, as the user gives them.
    private var matrix: CorrelationMatrix

    /// - Parameters:
    ///   - normal: the correlations that the normal numbers would need.
    ///   - scale: of a pair of names.
    init(of normal: CorrelationMatrix, names: [String], scale: (String, String) -> CorrelationScale) {
        self.names = names
        smallestEigenvalue = normal.eigen().values.min()!
        let nearest = normal.nearest()
        var scales: [[CorrelationScale]] = []
        matrix = nearest
        for row in names.indices {
            scales.append(names[..<row].map { scale(names[row], $0) })
            for column in 0..<row { matrix[row, column] = Self.rounded(scales[row][column].coefficient(nearest[row, column])) }
        }
        // Rounding, or the way between the scales, may have moved it out again by a little.
        var shrinking = 1e-6
        while shrinking < 1, !isPossible(scales) {
            for row in names.indices {
                for column in 0..<row { matrix[row, column] = Self.rounded(matrix[row, column] * (1 - shrinking)) }
            }
            shrinking *= 2
        }
    }

    private static func rounded(_ value: Double) -> Double { (value * 1e6).rounded() / 1e6 }

    private func isPossible(_ scales: [[CorrelationScale]]) -> Bool {
        var normal = matrix
        for row in names.indices {
            for column in 0..<row {
                guard let value = scales[row][column].normal(matrix[row, column]) else { return false }
                normal[row, column] = value
            }
        }
        return normal.lowerFactor() != nil
    }

    func message(_ spec: CorrelationSpec) -> String {
        let eigenvalue = Shown.number((smallestEigenvalue * 1e4).rounded() / 1e4)
        let what = spec.kind == .pearson ? "is" : "with the normal correlations of a Gaussian copula is"
        let problem = "\(what) not positive semidefinite (smallest eigenvalue \(eigenvalue))"
        switch spec.values {
        case .pairs:
            return "\(problem); the nearest correlation matrix has \(pairs())"
        case .matrix(let parameters, _):
            return "\(problem); the nearest correlation matrix is \(whole(parameters))"
        }
    }

    private func pairs() -> String {
        let all = names.indices.flatMap { row in
            (0..<row).filter { matrix[row, $0] != 0 }.map {
                "\(Shown.number(matrix[row, $0])) between \(Excerpt.quoted(names[$0])) and \(Excerpt.quoted(names[row]))"
            }
        }
        return all.prefix(Self.mostShown).joined(separator: ", ") + (all.count > Self.mostShown ? ", …" : "")
    }

    /// In the order of the user's matrix; parameters outside of this group are not correlated with any in it.
    private func whole(_ parameters: [String]) -> String {
        let group = parameters.filter(names.contains)
        let places = group.compactMap(names.firstIndex)
        let rows = places.map { row in "[" + places.map { Shown.number(matrix[row, $0]) }.joined(separator: ", ") + "]" }
        let shown = rows.prefix(Self.mostShown).joined(separator: ", ") + (rows.count > Self.mostShown ? ", …" : "")
        return "[\(shown)]" + (group.count < parameters.count ? " of \(group.map(Excerpt.quoted).joined(separator: ", "))" : "")
    }

    private static let mostShown = 20
}
