import Foundation
import LynxModel
import TestSupport

/// The opinion of scipy, mpmath, SALib and OpenTURNS, from one Python process for many questions.
enum Scipy {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    private struct Question: Encodable {
        var question: String
        var distribution: Distribution?
        var pair: [Distribution]?
        var file: String?
        var probabilities: [Double]?
        var observed: [Int]?
        var observations: [Double]?
        var expected: [Double]?
        var dimensions: Int?
        var runs: Int?
        var second_order: Bool?
        var kind: CorrelationSpec.Kind?
    }

    /// The p-value of each set of samples under its distribution.
    static func kolmogorovSmirnov(_ cases: [(distribution: Distribution, samples: [Double])]) async throws -> [Double] {
        let directory = try TemporaryDirectory()
        let questions = try cases.enumerated().map { number, item in
            let file = try write(item.samples, directory.file("\(number).bin"))
            return Question(question: "kolmogorov_smirnov", distribution: item.distribution, file: file)
        }
        return try await ask(questions)
    }

    /// The quantiles of each distribution at the given probabilities.
    static func quantiles(_ cases: [(distribution: Distribution, probabilities: [Double])]) async throws -> [[Double]] {
        try await ask(
            cases.map { Question(question: "quantiles", distribution: $0.distribution, probabilities: $0.probabilities) })
    }

    /// The shares of each distribution below all the given values, then those above them, by mpmath with sixty digits.
    static func tails(_ cases: [(distribution: Distribution, values: [Double])]) async throws -> [[Double]] {
        try await ask(cases.map { Question(question: "tails", distribution: $0.distribution, probabilities: $0.values) })
    }

    /// The p-value of each set of counts, given expectations up to a common factor.
    static func chiSquare(_ cases: [(observed: [Int], expected: [Double])]) async throws -> [Double] {
        try await ask(cases.map { Question(question: "chi_square", observed: $0.observed, expected: $0.expected) })
    }

    /// The first points of the unscrambled sequence, each with its coordinates.
    static func sobol(dimensions: Int, runs: Int) async throws -> [[Double]] {
        try await ask([Question(question: "sobol", dimensions: dimensions, runs: runs)])[0]
    }

    /// The same of Halton's sequence.
    static func halton(dimensions: Int, runs: Int) async throws -> [[Double]] {
        try await ask([Question(question: "halton", dimensions: dimensions, runs: runs)])[0]
    }

    /// SALib's runs over so many points of an unscrambled sequence.
    static func saltelli(dimensions: Int, points: Int, secondOrder: Bool) async throws -> [[Double]] {
        try await ask([Question(question: "saltelli", dimensions: dimensions, runs: points, second_order: secondOrder)])[0]
    }

    /// SALib's first-order indices, then its total ones, of the outputs of Saltelli's design.
    static func sobolIndices(dimensions: Int, outputs: [Double], secondOrder: Bool) async throws -> [Double] {
        try await ask([
            Question(question: "sobol_indices", observations: outputs, dimensions: dimensions, second_order: secondOrder)
        ])[0]
    }

    /// The centred discrepancy of sets of points in the unit cube.
    static func discrepancy(_ sets: [[[Double]]]) async throws -> [Double] {
        let directory = try TemporaryDirectory()
        let questions = try sets.enumerated().map { number, points in
            let file = try write(points.flatMap(\.self), directory.file("\(number).bin"))
            return Question(question: "discrepancy", file: file, dimensions: points[0].count)
        }
        return try await ask(questions)
    }

    /// OpenTURNS' correlations of the normal numbers behind rank correlations.
    static func normalCorrelations(_ kind: CorrelationSpec.Kind, _ coefficients: [Double]) async throws -> [Double] {
        try await ask([Question(question: "normal_correlations", probabilities: coefficients, kind: kind)])[0]
    }

    /// The linear correlations of pairs of parameters over normal numbers that have the given ones, by quadrature.
    static func linearCorrelations(_ cases: [(pair: (Distribution, Distribution), normal: [Double])]) async throws -> [[Double]] {
        try await ask(
            cases.map { Question(question: "linear_correlations", pair: [$0.pair.0, $0.pair.1], probabilities: $0.normal) })
    }

    /// The coefficient of each pair of samples.
    static func coefficients(_ cases: [(kind: CorrelationSpec.Kind, x: [Double], y: [Double])]) async throws -> [Double] {
        let directory = try TemporaryDirectory()
        let questions = try cases.enumerated().map { number, item in
            Question(question: "coefficient", file: try write(item.x + item.y, directory.file("\(number).bin")), kind: item.kind)
        }
        return try await ask(questions)
    }

    private static func write(_ samples: [Double], _ path: String) throws -> String {
        let file = URL(filePath: path)
        try samples.map(\.bitPattern.littleEndian).withUnsafeBytes { try Data($0).write(to: file) }
        return file.path
    }

    private static func ask<Answer: Decodable>(_ questions: [Question]) async throws -> [Answer] {
        let directory = try TemporaryDirectory()
        let file = try directory.write("questions.json", String(decoding: try JSONEncoder().encode(questions), as: UTF8.self))
        let end = try await Program.run(
            Repository.python, [Repository.path("Tests/SamplingTests/Support/scipy_reference.py"), file])
        guard end.exitCode == 0 else { throw Failure(description: "scipy_reference.py did not answer: \(end.errors)") }
        return try JSONDecoder().decode([Answer].self, from: Data(end.output.utf8))
    }
}
