/// What the dispersions of a study ask of its design.
extension BatchConfig {
    /// The parameters that the design spreads, in the order of their names: neither constant nor in the table.
    package var spreadParameters: [String] {
        let given = Set(monteCarlo.samplingMethod == .table ? monteCarlo.table?.columns ?? [] : [])
        return dispersions.filter { $0.value.distribution.kind != .constant && !given.contains($0.key) }.keys.sorted()
    }

    /// The parameters that each row of a table gives, or of the runs that `subset_simulation` appends.
    package var grownColumns: [String] {
        switch monteCarlo.samplingMethod {
        case .table: monteCarlo.table?.columns ?? []
        case .subsetSimulation: spreadParameters
        default: []
        }
    }

    /// How many points a grid has along a parameter; nil if its levels are missing.
    package func gridLevels(of parameter: String) -> Int? {
        let asked: Int? =
            switch monteCarlo.levels {
            case .all(let count): count
            case .byParameter(let counts): counts[parameter]
            case nil: nil
            }
        guard let distribution = dispersions[parameter]?.distribution else { return asked }
        switch distribution.gridCount {
        case .any: return asked
        case .exactly(let count): return count
        case .atMost(let count): return asked.map { Swift.min($0, count) }
        }
    }

    /// The number of runs that make up one whole design, of which a batch has one or several; nil if any number of runs will do.
    ///
    /// - Parameter originalRuns: how many the batch was submitted with; nil before it is.
    package func wholeDesign(originalRuns: Int? = nil) -> (runs: Int, explanation: String)? {
        switch monteCarlo.samplingMethod {
        case .monteCarlo, .sobol, .halton, .table, .subsetSimulation: return nil
        case .latinHypercube:
            return monteCarlo.blockSize.map { ($0, "block_size") } ?? originalRuns.map { ($0, "the runs it was submitted with") }
        case .grid:
            var product = 1
            for parameter in spreadParameters {
                let levels = gridLevels(of: parameter) ?? 1
                product = product.multipliedReportingOverflow(by: levels).overflow ? .max : product * levels
            }
            return (product, "the points of the grid")
        case .saltelli:
            let parameters = spreadParameters.count
            let secondOrder = monteCarlo.secondOrder ?? false
            return (
                MonteCarloSpec.saltelliRuns(dimensions: parameters, secondOrder: secondOrder),
                "\(secondOrder ? "2 × " : "")\(parameters) parameters + 2"
            )
        }
    }

    /// What keeps a batch of this study from having so many runs, as `what is wrong; what would be right`; nil if nothing does.
    ///
    /// - Parameter originalRuns: how many a batch that is to be extended was submitted with.
    public func problem(withRuns runs: Int, originalRuns: Int? = nil) -> String? {
        if monteCarlo.open == true, let rows = monteCarlo.table?.rows.count, runs != rows {
            return "\(runs) is not the number of rows that the open table begins with (\(rows)); leave it out"
        }
        if monteCarlo.samplingMethod == .table, let rows = monteCarlo.table?.rows.count, runs > rows {
            return "\(runs) is more than the table has rows (\(rows)); give at most \(rows)"
        }
        let samples = monteCarlo.samplesPerLevel ?? SubsetSimulationSpec.samplesPerLevel
        if monteCarlo.samplingMethod == .subsetSimulation, runs < samples {
            return "\(runs) is less than the \(samples) samples of the first level; give at least \(samples), or fewer samples_per_level"
        }
        guard let (size, explanation) = wholeDesign(originalRuns: originalRuns), runs % size != 0 else { return nil }
        let below = runs / size * size
        return "\(runs) is not a multiple of \(size) (\(explanation)); give \(below > 0 ? "\(below) or " : "")\(below + size)"
    }
}

extension MonteCarloSpec {
    /// The runs that Saltelli's design makes of each pair of points.
    package static func saltelliRuns(dimensions: Int, secondOrder: Bool) -> Int { (secondOrder ? 2 : 1) * dimensions + 2 }
}

extension Distribution {
    enum GridCount {
        case any
        case exactly(Int)
        case atMost(Int)
    }

    /// How many levels a grid can give the parameter: of a list each value comes once.
    var gridCount: GridCount {
        switch self {
        case .discrete(let values, let weights): .exactly(weights?.count { $0 > 0 } ?? values.count)
        case .files(let paths): .exactly(paths.count)
        case .constant: .exactly(1)
        case .integerUniform(let min, let max): .atMost(Int(max - min + 1))
        default: .any
        }
    }

    /// The distribution a grid takes: of a list, every value with an equal share.
    package var onGrid: Distribution {
        guard case .discrete(let values, let weights?) = self else { return self }
        return .discrete(values: zip(values, weights).filter { $0.1 > 0 }.map(\.0), weights: nil)
    }
}
