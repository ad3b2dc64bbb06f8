import FoundationEssentials
import LynxDocument
import LynxModel
import TestSupport
import Testing

@Suite("Reading correlations")
struct CorrelationReaderTests {
    private static let dispersions = """
        a: {distribution: {type: uniform, min: 0, max: 1}}, b: {distribution: {type: normal, mean: 0, std_dev: 1}}, \
        c: {distribution: {type: gamma, shape: 2, scale: 1}}, d: {distribution: {type: discrete, values: [1, 2]}}, \
        e: {distribution: {type: empirical, values: [1, 2]}}
        """

    private func text(_ correlation: String, monteCarlo: String = "runs: 8") -> String {
        DesignReaderTests.batch(monteCarlo, dispersions: Self.dispersions, "  correlation: {\(correlation)}\n")
    }

    @Test("Pairs and matrices arrive as they were written")
    func read() throws {
        for (correlation, expected) in [
            (
                "kind: pearson, pairs: [{between: [a, b], value: 0.5}, {between: [c, b], value: -1}]",
                CorrelationSpec(
                    kind: .pearson,
                    values: .pairs([CorrelatedPair(between: ["a", "b"], value: 0.5), CorrelatedPair(between: ["c", "b"], value: -1)]))
            ),
            (
                "kind: kendall, parameters: [b, a], matrix: [[1, 0.25], [0.25, 1]]",
                CorrelationSpec(kind: .kendall, values: .matrix(parameters: ["b", "a"], rows: [[1, 0.25], [0.25, 1]]))
            ),
        ] {
            let batch = try BatchSubmission.read(yaml: text(correlation), name: "b.yaml")
            #expect(batch.config.correlation == expected)
            #expect(try BatchSubmission.read(json: WireJSON.encode(batch)) == batch)
            #expect(try WireJSON.decode(BatchSubmission.self, from: WireJSON.encode(batch)) == batch)
        }
    }

    @Test(
        "What is no correlation is refused where it stands",
        arguments: [
            (
                "kind: rank, pairs: [{between: [a, b], value: 0.5}]",
                "6:23: config.correlation.kind: 'rank' is not known; give one of pearson, spearman, kendall"
            ),
            ("kind: pearson", "6:3: config.correlation.pairs: is missing; give a list of pairs, or parameters and a matrix"),
            ("kind: pearson, pairs: []", "6:39: config.correlation.pairs: is an empty list; give at least 1"),
            ("kind: pearson, pairs: [{between: [a, b], value: 1.5}]", "6:65: config.correlation.pairs[0].value: 1.5 is out of range; give a number of at least -1 and of at most 1"),
            ("kind: pearson, pairs: [{between: [a], value: 0.5}]", "6:50: config.correlation.pairs[0].between: has 1 names; give two"),
            (
                "kind: pearson, pairs: [{between: [a, a], value: 0.5}]",
                "6:50: config.correlation.pairs[0].between: has the name 'a' twice; give two parameters"
            ),
            (
                "kind: pearson, pairs: [{between: [a, bb], value: 0.5}]",
                "6:54: config.correlation.pairs[0].between[1]: 'bb' is not a parameter; did you mean 'b'?"
            ),
            ("kind: pearson, pairs: [{between: [a, d], value: 0.5}]", "6:54: config.correlation.pairs[0].between[1]: 'd' is discrete, and only continuous distributions are correlated; leave it out"),
            ("kind: pearson, pairs: [{between: [e, a], value: 0.5}]", "6:51: config.correlation.pairs[0].between[0]: 'e' is empirical, and only continuous distributions are correlated; leave it out"),
            (
                "kind: pearson, pairs: [{between: [a, b], value: 0.5}, {between: [b, a], value: 0.5}]",
                "6:81: config.correlation.pairs[1].between: is a pair that was given before; keep one of the two"
            ),
            (
                "kind: pearson, pairs: [{between: [a, b], value: 0.5}], matrix: [[1]]",
                "6:80: config.correlation.matrix: is given beside pairs; keep one of the two"
            ),
            ("kind: pearson, parameters: [a, b]", "6:3: config.correlation.matrix: is missing; give both parameters and matrix, or pairs"),
            (
                "kind: pearson, parameters: [a, a], matrix: [[1, 0], [0, 1]]",
                "6:48: config.correlation.parameters[1]: 'a' is given a second time; name each parameter once"
            ),
            (
                "kind: pearson, parameters: [a, b], matrix: [[1, 0]]",
                "6:60: config.correlation.matrix: has 1 row for 2 parameters; give a row and a column for each"
            ),
            (
                "kind: pearson, parameters: [a, b], matrix: [[1, 0], [1]]",
                "6:69: config.correlation.matrix[1]: has 1 value for 2 parameters; give one for each"
            ),
            (
                "kind: pearson, parameters: [a, b], matrix: [[1, 0.5], [0.4, 1]]",
                "6:72: config.correlation.matrix[1][0]: 0.4 differs from 0.5 at [0][1]; give a symmetric matrix"
            ),
            ("kind: pearson, parameters: [a, b], matrix: [[1, 0.5], [0.5, 0.9]]", "6:77: config.correlation.matrix[1][1]: 0.9 is on the diagonal; a parameter has the correlation 1 with itself"),
        ])
    func refused(correlation: String, line: String) throws {
        let error = try failure { _ = try BatchSubmission.read(yaml: text(correlation), name: "b.yaml") }
        #expect(error.description == "b.yaml:\(line)")
    }

    @Test("Designs whose parameters are independent, and columns of a table, are not correlated")
    func designs() throws {
        let pairs = "kind: pearson, pairs: [{between: [a, b], value: 0.5}]"
        for method in ["grid", "saltelli"] {
            let error = try failure {
                _ = try BatchSubmission.read(yaml: text(pairs, monteCarlo: "runs: 28, sampling_method: \(method)"), name: "b.yaml")
            }
            #expect(error.description.contains("b.yaml:6:16: config.correlation: cannot be had with \(method), whose parameters are independent"))
        }
        let table = "sampling_method: table, table: [{b: 1}]"
        let error = try failure { _ = try BatchSubmission.read(yaml: text(pairs, monteCarlo: table), name: "b.yaml") }
        #expect(error.description == "b.yaml:6:54: config.correlation.pairs[0].between[1]: 'b' has its values from the table, which correlation does not change; leave it out")
        #expect(throws: Never.self) {
            try BatchSubmission.read(yaml: text(pairs, monteCarlo: "sampling_method: table, table: [{z: 1}]"), name: "b.yaml")
        }
    }
}
