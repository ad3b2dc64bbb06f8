import LynxDocument
import LynxModel
import TestSupport
import Testing

@Suite("Files that a batch file names")
struct BatchFileReferenceTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func table(_ csv: String) throws -> SampleTable? {
        _ = try directory.write("points.csv", csv)
        return try batch(DesignReaderTests.batch("sampling_method: table, table: {file: points.csv}")).config.monteCarlo.table
    }

    private func batch(_ text: String) throws -> BatchSubmission {
        try BatchSubmission.read(yamlFile: directory.write("b.yaml", text))
    }

    /// With the directory's path left out.
    private func lines(_ read: () throws -> Void) throws -> String {
        try failure { try read() }.description.replacing(directory.path + "/", with: "")
    }

    @Test("A CSV file beside the batch file is a table, with values as YAML would take them")
    func csv() throws {
        let table = try table("mass, mode ,7\r\n1.5,fast,\"a \"\"quoted\"\", text\"\r\n\r\n 2 ,\"3\",true\r\n")
        #expect(table?.columns == ["mass", "mode", "7"])
        #expect(
            table?.rows == [
                [.number(1.5), .string("fast"), .string("a \"quoted\", text")], [.integer(2), .string("3"), .bool(true)],
            ])
    }

    @Test("A byte-order mark, a missing last line end and quoted line ends do not matter")
    func spellings() throws {
        #expect(try table("\u{FEFF}a,b\n1,\"x\ny\"")?.rows == [[.integer(1), .string("x\ny")]])
    }

    @Test(
        "What is wrong with a CSV file is said with its own line and column",
        arguments: [
            ("", "points.csv:1:1: is empty; begin it with a line of column names"),
            ("a,b\n", "points.csv:1:1: has no rows; give a line of values for each run"),
            ("a,b\n1,2\n3\n", "points.csv:3:1: has 1 value; the first line names 2"),
            ("a,b\n1,2,3\n", "points.csv:2:1: has 3 values; the first line names 2"),
            ("a,b\n1,\"2\n", "points.csv:2:3: opens a quote that nothing closes; close it"),
            ("a,b\n\"1\" x,2\n", "points.csv:2:5: follows a quoted value; put a comma between them"),
            (
                "a,b\n1,\n",
                "points.csv:2:3: config.monte_carlo.table.rows[0][1]: is empty; give a number, a string, true or false"
            ),
            (
                "a,b\n1,2\n1,.inf\n",
                "points.csv:3:3: config.monte_carlo.table.rows[1][1]: .inf is not a finite number; give a number"
            ),
            (
                "a,a\n1,2\n",
                "points.csv:1:3: config.monte_carlo.table.columns[1]: 'a' names a column before; give each parameter one"
            ),
            ("a,\n1,2\n", "points.csv:1:3: config.monte_carlo.table.columns[1]: is blank; give some text"),
        ])
    func wrong(csv: String, line: String) throws {
        #expect(try lines { _ = try table(csv) } == line)
    }

    /// Writes a Parquet file of the columns given as Python.
    private func parquet(_ columns: String, _ name: String = "points.parquet") async throws {
        let script = "import pyarrow as pa, pyarrow.parquet as pq, sys; pq.write_table(pa.table(\(columns)), sys.argv[1])"
        let end = try await Program.run(Repository.python, ["-c", script, directory.file(name)])
        try #require(end.exitCode == 0, "\(end.errors)")
    }

    private func parquetTable(_ name: String = "points.parquet") throws -> SampleTable? {
        try batch(DesignReaderTests.batch("sampling_method: table, table: {file: \(name)}")).config.monteCarlo.table
    }

    @Test("A Parquet file beside the batch file is a table, with values of its own types, whatever it is called")
    func parquet() async throws {
        let columns = "{'mass': [1.5, 2.0, 1e-300, -0.0], 'n': [1, -2, 3, 2**62], 'mode': ['true', '7', '', 'ü'], 'on': [True, False, True, False]}"
        for name in ["points.parquet", "points.dat"] {
            try await parquet(columns, name)
            let table = try parquetTable(name)
            #expect(table?.columns == ["mass", "n", "mode", "on"])
            #expect(
                table?.rows == [
                    [.number(1.5), .integer(1), .string("true"), .bool(true)], [.number(2), .integer(-2), .string("7"), .bool(false)],
                    [.number(1e-300), .integer(3), .string(""), .bool(true)], [.number(-0.0), .integer(1 << 62), .string("ü"), .bool(false)],
                ])
        }
    }

    @Test(
        "What is wrong with a Parquet file is said with its own row and column",
        arguments: [
            ("{'a': [1.0, 2.0], 'b': [1, None]}", "points.parquet:2:2: has a null in the column 'b', row 2; give each row a value"),
            ("{'a': [1.0, float('nan')]}", "points.parquet:2:1: the column 'a' is nan in row 2; give a finite number"),
            ("{'a': [1], 'b': [[1]]}", "points.parquet:1:2: has columns or lists inside of the column 'b'; give flat columns only"),
            ("{'a': list(range(75001))}", "points.parquet: config.monte_carlo.table"),
            ("{'a': list(range(150001))}", "points.parquet: has 150001 rows; of so many columns at most 150000 are allowed"),
            ("{'': [1]}", "points.parquet:1:1: config.monte_carlo.table.columns[0]: is blank; give some text"),
        ])
    func wrongParquet(columns: String, line: String) async throws {
        try await parquet(columns)
        let found = try lines { _ = try parquetTable() }
        #expect(line.hasSuffix("table") ? found.contains("has 75001 rows") : found == line, "\(found)")
    }

    @Test("What is called a Parquet file and is none is said to be none")
    func noParquet() throws {
        try directory.write("points.parquet", "a,b\n1,2\n3,4\n5,6\n")
        let found = try lines { _ = try parquetTable() }
        #expect(found == "points.parquet: is no Parquet file: it does not begin and end with PAR1; give one, or a CSV file whose name ends in .csv")
        #expect(try table("PAR1,b\n1,2\n")?.columns == ["PAR1", "b"])
        #expect(try lines { _ = try parquetTable("none.parquet") }.hasSuffix("'none.parquet': there is no such file; check the path"))
    }

    @Test("A CSV file that is not there is named where the batch file names it")
    func missing() throws {
        let found = try lines { _ = try batch(DesignReaderTests.batch("sampling_method: table, table: {file: none.csv}")) }
        #expect(found == "b.yaml:4:55: config.monte_carlo.table.file: 'none.csv': there is no such file; check the path")
    }

    @Test("A file beside columns is refused, as one of the two is not read")
    func both() throws {
        let found = try lines {
            _ = try batch(DesignReaderTests.batch("sampling_method: table, table: {file: a.csv, columns: [a], rows: [[1]]}"))
        }
        #expect(
            found
                == "b.yaml:4:55: config.monte_carlo.table.file: is taken in batch files only, in place of columns and rows; give those"
        )
    }

    private func files(_ distribution: String) throws -> Distribution? {
        try batch(DesignReaderTests.batch("runs: 1", dispersions: "wind: {distribution: {\(distribution)}}")).config.dispersions[
            "wind"]?.distribution
    }

    @Test("A pattern is the files that it matches beside the batch file, by name")
    func pattern() throws {
        for name in ["winds/b.csv", "winds/a.csv", "winds/c.txt", "winds/B.csv", "winds/sub.csv/x"] {
            try directory.write(name, "")
        }
        #expect(try files("type: files, pattern: 'winds/*.csv'") == .files(["winds/B.csv", "winds/a.csv", "winds/b.csv"]))
        #expect(try files("type: files, pattern: 'winds/[ab].*'") == .files(["winds/a.csv", "winds/b.csv"]))
        #expect(try files("type: files, pattern: '\(directory.path)/winds/c*'") == .files([directory.path + "/winds/c.txt"]))
        #expect(try files("type: files, files: [winds/none.csv]") == .files(["winds/none.csv"]))
    }

    @Test("A folder whose name looks like a pattern is a name")
    func folder() throws {
        for name in ["[x]/b.yaml", "[x]/w1.csv", "x/w2.csv"] { try directory.write(name, "") }
        let text = DesignReaderTests.batch("runs: 1", dispersions: "wind: {distribution: {type: files, pattern: 'w*'}}")
        let batch = try BatchSubmission.read(yamlFile: directory.write("[x]/b.yaml", text))
        #expect(batch.config.dispersions["wind"]?.distribution == .files(["w1.csv"]))
    }

    @Test("A pattern that matches nothing is refused")
    func noMatch() throws {
        let found = try lines { _ = try files("type: files, pattern: 'winds/*.csv'") }
        #expect(
            found == "b.yaml:5:61: config.dispersions.wind.distribution.pattern: 'winds/*.csv' matches no file; check the pattern"
        )
    }
}
