import LynxDocument

extension BatchSubmission {
    /// What is wrong with fields in the light of others, where each of them is right by itself.
    var designProblems: [FieldProblem] {
        let problems = config.designProblems
        guard problems.isEmpty, let runsOverride, let problem = config.problem(withRuns: runsOverride) else { return problems }
        return [FieldProblem(["runs_override"], problem)]
    }
}

extension BatchConfig {
    private static let monteCarloPath: [FieldProblem.Step] = ["config", "monte_carlo"]

    var designProblems: [FieldProblem] {
        let problems = spreadProblems + levelProblems + tableProblems + subsetProblems + (correlation.map(correlationProblems) ?? [])
        guard problems.isEmpty else { return problems }
        if let (size, _) = wholeDesign(), !runCounts.contains(size) {
            return [
                FieldProblem(
                    Self.monteCarloPath + ["levels"], "make a grid of more than \(runCounts.upperBound) points; give fewer")
            ]
        }
        return problem(withRuns: monteCarlo.runs).map { [FieldProblem(Self.monteCarloPath + ["runs"], $0)] } ?? []
    }

    private var spreadProblems: [FieldProblem] {
        let method = monteCarlo.samplingMethod
        let count = spreadParameters.count
        if let most = method.mostDispersed, count > most {
            return [
                FieldProblem(
                    ["config", "dispersions"], "\(count) parameters are not constant; \(method.rawValue) takes at most \(most)")
            ]
        }
        if method == .saltelli || method == .subsetSimulation, count == 0 {
            return [
                FieldProblem(
                    Self.monteCarloPath + ["sampling_method"],
                    "\(method.rawValue) needs a parameter that is not constant; give one, or another method")
            ]
        }
        return []
    }

    private var levelProblems: [FieldProblem] {
        guard monteCarlo.samplingMethod == .grid else { return [] }
        let path = Self.monteCarloPath + ["levels"]
        let names = spreadParameters
        var problems: [FieldProblem] = []
        if case .byParameter(let counts) = monteCarlo.levels {
            for (name, count) in counts.sorted(by: { $0.key < $1.key }) {
                if let problem = levelProblem(name, count, names) { problems.append(FieldProblem(path + [.key(name)], problem)) }
            }
        }
        for name in names where gridLevels(of: name) == nil {
            let parameter = monteCarlo.levels == nil ? [] : [FieldProblem.Step.key(name)]
            problems.append(FieldProblem(path + parameter, "is missing; give a whole number from 1 to \(runCounts.upperBound)"))
            if monteCarlo.levels == nil { break }
        }
        return problems
    }

    private func levelProblem(_ name: String, _ count: Int, _ names: [String]) -> String? {
        guard let distribution = dispersions[name]?.distribution else {
            return "is not a parameter; "
                + (Suggestion.closest(to: name, among: names).map { "did you mean '\($0)'?" } ?? "name one of the dispersions")
        }
        switch distribution.gridCount {
        case .any: return nil
        case .exactly(let most) where count == most: return nil
        case .atMost(let most) where count <= most: return nil
        case .exactly(let most):
            return "the parameter has \(Shown.count(most, "value")), each of which comes once; leave it out"
        case .atMost(let most): return "the parameter has \(Shown.count(most, "value")); give at most \(most)"
        }
    }

    private var subsetProblems: [FieldProblem] {
        guard monteCarlo.samplingMethod == .subsetSimulation else { return [] }
        var problems: [FieldProblem] = []
        let samples = monteCarlo.samplesPerLevel ?? SubsetSimulationSpec.samplesPerLevel
        let share = monteCarlo.levelProbability ?? SubsetSimulationSpec.levelProbability
        if share * Double(samples) < 2 {
            problems.append(
                FieldProblem(
                    Self.monteCarloPath + ["level_probability"],
                    "leaves fewer than 2 of \(samples) samples to go on from; give at least \(Shown.number(2 / Double(samples)))"))
        }
        if let output = monteCarlo.limitState?.output, let outputs, outputs[output] == nil {
            let remedy = Suggestion.closest(to: output, among: Array(outputs.keys)).map { "did you mean '\($0)'?" }
                ?? (outputs.isEmpty
                    ? "it has none; add it to 'outputs'" : "its outputs are \(outputs.keys.sorted().prefix(10).joined(separator: ", "))")
            problems.append(
                FieldProblem(
                    Self.monteCarloPath + ["limit_state", "output"], "\(Excerpt.quoted(output)) is not an output of the batch; \(remedy)"))
        }
        return problems
    }

    private var tableProblems: [FieldProblem] {
        guard let table = monteCarlo.table else { return [] }
        let path = Self.monteCarloPath + ["table"]
        var problems: [FieldProblem] = []
        for (index, name) in table.columns.enumerated() where table.columns.firstIndex(of: name) != index {
            problems.append(
                FieldProblem(
                    path + ["columns", .index(index)], "\(Excerpt.quoted(name)) names a column before; give each parameter one"))
        }
        for (index, row) in table.rows.enumerated() where row.count != table.columns.count {
            let message =
                "has \(Shown.count(row.count, "value")) for \(table.columns.count) columns; give one for each"
            problems.append(FieldProblem(path + ["rows", .index(index)], message))
        }
        for name in (table.units ?? [:]).keys.sorted() where !table.columns.contains(name) {
            problems.append(
                FieldProblem(path + ["units", .key(name)], "is not a column of the table; give the units of columns alone"))
        }
        return problems
    }
}
