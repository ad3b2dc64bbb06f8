import FoundationEssentials
import LynxDocument
import LynxModel
import TestSupport
import Testing

@Suite("Reading how runs are spread")
struct DesignReaderTests {
    /// A batch with the given fields of `monte_carlo`, and of `config` behind it.
    static func batch(_ monteCarlo: String, dispersions: String = threeParameters, _ rest: String = "") -> String {
        "name: b\nconfig:\n  simulation: {name: s}\n  monte_carlo: {\(monteCarlo)}\n  dispersions: {\(dispersions)}\n\(rest)"
    }

    private static let threeParameters = """
        a: {distribution: {type: uniform, min: 0, max: 1}}, b: {distribution: {type: discrete, values: [x, y, z], weights: [1, 0, 2]}}, \
        c: {distribution: {type: integer_uniform, min: 1, max: 3}}, d: {distribution: {type: constant, value: 1}}
        """

    private func read(_ monteCarlo: String, dispersions: String = threeParameters) throws -> MonteCarloSpec {
        let text = Self.batch(monteCarlo, dispersions: dispersions)
        let batch = try BatchSubmission.read(yaml: text, name: "b.yaml")
        #expect(try BatchSubmission.read(json: WireJSON.encode(batch)) == batch)
        return batch.config.monteCarlo
    }

    @Test("A low-discrepancy design may be scrambled or not")
    func scramble() throws {
        #expect(try read("runs: 8, sampling_method: sobol") == MonteCarloSpec(runs: 8, samplingMethod: .sobol))
        #expect(try read("runs: 8, sampling_method: sobol, scramble: true") == MonteCarloSpec(runs: 8, samplingMethod: .sobol, scramble: true))
        #expect(try read("runs: 8, sampling_method: halton, scramble: false").scramble == false)
        #expect(try read("runs: 16, sampling_method: halton, scramble: ~").scramble == nil)
    }

    @Test("A grid has as many runs as points, or several times as many")
    func grid() throws {
        #expect(try read("sampling_method: grid, levels: 4") == MonteCarloSpec(runs: 24, samplingMethod: .grid, levels: .all(4)))
        #expect(
            try read("sampling_method: grid, levels: {a: 5, c: 2}")
                == MonteCarloSpec(runs: 20, samplingMethod: .grid, levels: .byParameter(["a": 5, "c": 2])))
        #expect(try read("sampling_method: grid, levels: {a: 5, c: 2, b: 2}, runs: 60").runs == 60)
        let lists = "a: {distribution: {type: discrete, values: [1, 2]}}, b: {distribution: {type: files, files: [x, y, z]}}"
        #expect(try read("sampling_method: grid", dispersions: lists).runs == 6)
        #expect(try read("sampling_method: grid", dispersions: "").runs == 1)
    }

    @Test("A hypercube has blocks, and Saltelli's design so many runs for each point")
    func blocks() throws {
        #expect(try read("runs: 40, block_size: 20") == MonteCarloSpec(runs: 40, blockSize: 20))
        #expect(try read("runs: 50, sampling_method: saltelli").secondOrder == nil)
        #expect(try read("runs: 80, sampling_method: saltelli, second_order: true, scramble: true").secondOrder == true)
    }

    @Test("A table is a list of rows, or columns and rows; it gives the number of runs")
    func table() throws {
        let table = SampleTable(columns: ["a", "q"], rows: [[.integer(1), .string("x")], [.number(2.5), .bool(true)]])
        #expect(
            try read("sampling_method: table, table: [{a: 1, q: x}, {q: true, a: 2.5}]")
                == MonteCarloSpec(runs: 2, samplingMethod: .table, table: table))
        #expect(try read("sampling_method: table, table: {columns: [a, q], rows: [[1, x], [2.5, true]]}").table == table)
        let fewer = try read("sampling_method: table, runs: 1, table: {columns: [q], rows: [[1], [2]], units: {q: m}}")
        #expect(fewer.runs == 1 && fewer.table?.units == ["q": "m"])
    }

    @Test(
        "What does not fit together is refused where it stands",
        arguments: [
            ("runs: 8, sampling_method: sobol, levels: 3", "4:58: config.monte_carlo.levels: says nothing of sobol; leave it out, or set sampling_method: grid"),
            ("runs: 8, scramble: true", "4:36: config.monte_carlo.scramble: says nothing of latin_hypercube; leave it out, or set sampling_method: sobol, halton, saltelli"),
            ("runs: 8, sampling_method: monte_carlo, block_size: 4", "4:68: config.monte_carlo.block_size: says nothing of monte_carlo; leave it out, or set sampling_method: latin_hypercube"),
            ("runs: 8, second_order: false", "4:40: config.monte_carlo.second_order: says nothing of latin_hypercube; leave it out, or set sampling_method: saltelli"),
            ("runs: 8, sampling_method: table", "4:3: config.monte_carlo.table: is missing; give a table (a list of rows, or a mapping with columns and rows, or with a file)"),
            ("sampling_method: sobol", "4:3: config.monte_carlo.runs: is missing; give a whole number from 1 to 1000000"),
            ("sampling_method: grid, levels: 0", "4:48: config.monte_carlo.levels: 0 is out of range; give a whole number from 1 to 1000000"),
            ("sampling_method: grid, levels: [3]", "4:48: config.monte_carlo.levels: expected a whole number from 1 to 1000000, or a mapping from parameters to such numbers, found a list"),
            ("sampling_method: grid", "4:16: config.monte_carlo.levels: is missing; give a whole number from 1 to 1000000"),
            ("sampling_method: grid, levels: {a: 3}", "4:48: config.monte_carlo.levels.c: is missing; give a whole number from 1 to 1000000"),
            ("sampling_method: grid, levels: {a: 3, c: 3, e: 2}", "4:64: config.monte_carlo.levels.e: is not a parameter; did you mean 'a'?"),
            ("sampling_method: grid, levels: {a: 3, c: 3, d: 1}", nil),
            ("sampling_method: grid, levels: {a: 3, c: 3, d: 2}", "4:64: config.monte_carlo.levels.d: the parameter has 1 value, each of which comes once; leave it out"),
            ("sampling_method: grid, levels: {a: 3, c: 3, b: 3}", "4:64: config.monte_carlo.levels.b: the parameter has 2 values, each of which comes once; leave it out"),
            ("sampling_method: grid, levels: {a: 3, c: 4}", "4:58: config.monte_carlo.levels.c: the parameter has 3 values; give at most 3"),
            ("sampling_method: grid, levels: 1000000", "4:48: config.monte_carlo.levels: make a grid of more than 1000000 points; give fewer"),
            (
                "sampling_method: grid, levels: 2, runs: 12",
                "4:57: config.monte_carlo.runs: 12 is not a multiple of 8 (the points of the grid); give 8 or 16"
            ),
            ("runs: 50, block_size: 20", "4:23: config.monte_carlo.runs: 50 is not a multiple of 20 (block_size); give 40 or 60"),
            ("runs: 5, block_size: 20", "4:23: config.monte_carlo.runs: 5 is not a multiple of 20 (block_size); give 20"),
            ("runs: 51, sampling_method: saltelli", "4:23: config.monte_carlo.runs: 51 is not a multiple of 5 (3 parameters + 2); give 50 or 55"),
            (
                "runs: 51, sampling_method: saltelli, second_order: true",
                "4:23: config.monte_carlo.runs: 51 is not a multiple of 8 (2 × 3 parameters + 2); give 48 or 56"
            ),
            ("sampling_method: subset_simulation, limit_state: {output: m, above: 5}", nil),
            ("sampling_method: subset_simulation", "4:3: config.monte_carlo.limit_state: is missing; give an output and the threshold that a run fails beyond: {output: NAME, above: 5}"),
            ("sampling_method: subset_simulation, limit_state: {output: m}", "4:53: config.monte_carlo.limit_state.above: is missing; give above or below, the threshold that a run fails beyond"),
            (
                "sampling_method: subset_simulation, limit_state: {output: m, above: 5, below: 1}",
                "4:95: config.monte_carlo.limit_state.below: comes with above; a limit state has one of them"
            ),
            (
                "sampling_method: subset_simulation, limit_state: {output: m, above: 5}, level_probability: 0.9",
                "4:108: config.monte_carlo.level_probability: must lie above 0 and be at most 0.5; 0.1 is usual"
            ),
            ("sampling_method: subset_simulation, limit_state: {output: m, above: 5}, samples_per_level: 10, level_probability: 0.1", "4:131: config.monte_carlo.level_probability: leaves fewer than 2 of 10 samples to go on from; give at least 0.2"),
            ("sampling_method: subset_simulation, limit_state: {output: m, above: 5}, runs: 10", "4:95: config.monte_carlo.runs: 10 is less than the 1000 samples of the first level; give at least 1000, or fewer samples_per_level"),
            ("runs: 5, limit_state: {output: m, above: 5}", "4:39: config.monte_carlo.limit_state: says nothing of latin_hypercube; leave it out, or set sampling_method: subset_simulation"),
            ("sampling_method: table, open: true, runs: 1, table: [{a: 1}, {a: 2}]", "4:59: config.monte_carlo.runs: 1 is not the number of rows that the open table begins with (2); leave it out"),
            ("runs: 5, open: true", "4:32: config.monte_carlo.open: says nothing of latin_hypercube; leave it out, or set sampling_method: table"),
            ("sampling_method: table, table: [{a: 1}, {b: 1}]", "4:48: config.monte_carlo.table: row 2 has no 'a'; give each row the same columns"),
            (
                "sampling_method: table, table: [{a: 1}, {a: 1, b: 1}]",
                "4:48: config.monte_carlo.table: row 1 has no 'b', and row 2 does; give each row the same columns"
            ),
            (
                "sampling_method: table, table: [{}]",
                "4:48: config.monte_carlo.table: has no columns; give each row a value for at least one parameter"
            ),
            ("sampling_method: table, table: []", "4:48: config.monte_carlo.table: is an empty list; give at least 1"),
            ("sampling_method: table, table: {columns: [a]}", "4:41: config.monte_carlo.table.rows: is missing; give columns and rows, or in a batch file the name of a CSV or Parquet file"),
            (
                "sampling_method: table, table: {columns: [a, b], rows: [[1, 2], [3]]}",
                "4:81: config.monte_carlo.table.rows[1]: has 1 value for 2 columns; give one for each"
            ),
            (
                "sampling_method: table, table: {columns: [a, a], rows: [[1, 2]]}",
                "4:62: config.monte_carlo.table.columns[1]: 'a' names a column before; give each parameter one"
            ),
            (
                "sampling_method: table, table: {columns: [a], rows: [[]]}",
                "4:70: config.monte_carlo.table.rows[0]: has 0 values for 1 columns; give one for each"
            ),
            ("sampling_method: table, table: {columns: [a], rows: [[1]], units: {b: m}}", "4:87: config.monte_carlo.table.units.b: is not a column of the table; give the units of columns alone"),
            ("sampling_method: table, table: {file: a.csv}", "4:55: config.monte_carlo.table.file: is taken in batch files only, in place of columns and rows; give those"),
            (
                "sampling_method: table, runs: 3, table: [{a: 1}, {a: 2}]",
                "4:47: config.monte_carlo.runs: 3 is more than the table has rows (2); give at most 2"
            ),
            ("sampling_method: table, table: 7", "4:48: config.monte_carlo.table: expected a table (a list of rows, or a mapping with columns and rows, or with a file), found the number 7"),
        ] as [(String, String?)])
    func refused(monteCarlo: String, line: String?) throws {
        guard let line else {
            _ = try read(monteCarlo)
            return
        }
        let error = try failure { _ = try BatchSubmission.read(yaml: Self.batch(monteCarlo), name: "b.yaml") }
        #expect(error.description == "b.yaml:\(line)")
    }

    @Test("A number of runs that replaces the file's is judged as that one")
    func override() throws {
        let text = Self.batch("runs: 40, block_size: 20") + "runs_override: 30\n"
        #expect(
            try failure { _ = try BatchSubmission.read(yaml: text, name: "b.yaml") }.description
                == "b.yaml:6:16: runs_override: 30 is not a multiple of 20 (block_size); give 20 or 40")
    }

    @Test("Saltelli's design needs a parameter, and low-discrepancy designs have a largest number of them")
    func dimensions() throws {
        func wide(_ count: Int) -> String { (0..<count).map { "x\($0): {distribution: {type: uniform, min: 0, max: 1}}" }.joined(separator: ", ") }
        func line(_ monteCarlo: String, _ dispersions: String) throws -> String {
            try failure { _ = try BatchSubmission.read(yaml: Self.batch(monteCarlo, dispersions: dispersions), name: "b.yaml") }.description
        }
        #expect(
            try line("runs: 2, sampling_method: saltelli", "a: {distribution: {type: constant, value: 1}}")
                == "b.yaml:4:43: config.monte_carlo.sampling_method: saltelli needs a parameter that is not constant; give one, or another method")
        #expect(
            try line("runs: 2, sampling_method: saltelli", wide(513))
                == "b.yaml:5:16: config.dispersions: 513 parameters are not constant; saltelli takes at most 512")
        #expect(
            try line("runs: 2, sampling_method: halton", wide(1025))
                == "b.yaml:5:16: config.dispersions: 1025 parameters are not constant; halton takes at most 1024")
    }

    @Test("A table that is too large for a submission is refused")
    func largeTable() throws {
        let rows = [String](repeating: "[1, 2, 3, 4]", count: 30_001).joined(separator: ",")
        let table = "sampling_method: table, table: {columns: [a, b, c, d], rows: [\(rows)]}"
        let error = try failure { _ = try BatchSubmission.read(yaml: Self.batch(table), name: "b.yaml") }
        #expect(error.description == "b.yaml:4:48: config.monte_carlo.table: has 30001 rows; of so many columns at most 30000 are allowed")
    }
}
