import LynxDocument

extension BatchConfig {
    /// What is wrong with correlations in the light of the parameters and the design.
    func correlationProblems(_ correlation: CorrelationSpec) -> [FieldProblem] {
        let path: [FieldProblem.Step] = ["config", "correlation"]
        let method = monteCarlo.samplingMethod
        if method == .grid || method == .saltelli {
            let problem = "cannot be had with \(method.rawValue), whose parameters are independent"
            return [FieldProblem(path, "\(problem); leave it out, or take another method")]
        }
        switch correlation.values {
        case .pairs(let pairs):
            var seen: Set<Set<String>> = []
            return pairs.enumerated().flatMap { index, pair in
                let path = path + ["pairs", .index(index), "between"]
                let isNew = seen.insert(Set(pair.between)).inserted
                return nameProblems(pair.between, path)
                    + (isNew ? [] : [FieldProblem(path, "is a pair that was given before; keep one of the two")])
            }
        case .matrix(let parameters, let rows):
            let problems = nameProblems(parameters, path + ["parameters"])
            if !problems.isEmpty { return problems }
            return matrixProblem(rows, count: parameters.count, path + ["matrix"]).map { [$0] } ?? []
        }
    }

    private func nameProblems(_ names: [String], _ path: [FieldProblem.Step]) -> [FieldProblem] {
        names.enumerated().compactMap { index, name in
            let problem =
                names.firstIndex(of: name) == index
                ? problem(ofCorrelating: name) : "is given a second time; name each parameter once"
            return problem.map { FieldProblem(path + [.index(index)], "\(Excerpt.quoted(name)) \($0)") }
        }
    }

    private func problem(ofCorrelating name: String) -> String? {
        if monteCarlo.table?.columns.contains(name) == true {
            return "has its values from the table, which correlation does not change; leave it out"
        }
        guard let distribution = dispersions[name]?.distribution else {
            let remedy = Suggestion.closest(to: name, among: Array(dispersions.keys)).map { "did you mean '\($0)'?" }
            return "is not a parameter; \(remedy ?? "name one of the dispersions")"
        }
        if distribution.isContinuous { return nil }
        return "is \(distribution.kind.rawValue), and only continuous distributions are correlated; leave it out"
    }

    /// The first thing that keeps rows from being a symmetric matrix with ones on its diagonal.
    private func matrixProblem(_ rows: [[Double]], count: Int, _ path: [FieldProblem.Step]) -> FieldProblem? {
        guard rows.count == count else {
            return FieldProblem(
                path, "has \(Shown.count(rows.count, "row")) for \(count) parameters; give a row and a column for each")
        }
        for (index, row) in rows.enumerated() where row.count != count {
            return FieldProblem(
                path + [.index(index)], "has \(Shown.count(row.count, "value")) for \(count) parameters; give one for each")
        }
        for row in rows.indices {
            let value = rows[row][row]
            if value != 1 {
                let problem = "\(Shown.number(value)) is on the diagonal; a parameter has the correlation 1 with itself"
                return FieldProblem(path + [.index(row), .index(row)], problem)
            }
            for column in 0..<row where rows[row][column] != rows[column][row] {
                let other = "\(Shown.number(rows[column][row])) at [\(column)][\(row)]"
                let problem = "\(Shown.number(rows[row][column])) differs from \(other); give a symmetric matrix"
                return FieldProblem(path + [.index(row), .index(column)], problem)
            }
        }
        return nil
    }
}
