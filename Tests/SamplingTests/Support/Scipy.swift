import Foundation
import LynxModel
import TestSupport

/// scipy's opinion, from one Python process for many questions.
enum Scipy {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    private struct Question: Encodable {
        var question: String
        var distribution: Distribution?
        var file: String?
        var probabilities: [Double]?
        var observed: [Int]?
        var expected: [Double]?
        var dimensions: Int?
        var runs: Int?
    }

    /// The p-value of each set of samples under its distribution.
    static func kolmogorovSmirnov(_ cases: [(distribution: Distribution, samples: [Double])]) async throws -> [Double] {
        let directory = try TemporaryDirectory()
        let questions = try cases.enumerated().map { number, item in
            let file = URL(filePath: directory.file("\(number).bin"))
            try item.samples.map(\.bitPattern.littleEndian).withUnsafeBytes { try Data($0).write(to: file) }
            return Question(question: "kolmogorov_smirnov", distribution: item.distribution, file: file.path)
        }
        return try await ask(questions)
    }

    /// The quantiles of each distribution at the given probabilities.
    static func quantiles(_ cases: [(distribution: Distribution, probabilities: [Double])]) async throws -> [[Double]] {
        try await ask(cases.map { Question(question: "quantiles", distribution: $0.distribution, probabilities: $0.probabilities) })
    }

    /// The p-value of each set of counts, given expectations up to a common factor.
    static func chiSquare(_ cases: [(observed: [Int], expected: [Double])]) async throws -> [Double] {
        try await ask(cases.map { Question(question: "chi_square", observed: $0.observed, expected: $0.expected) })
    }

    /// The first points of the unscrambled sequence, each with its coordinates.
    static func sobol(dimensions: Int, runs: Int) async throws -> [[Double]] {
        try await ask([Question(question: "sobol", dimensions: dimensions, runs: runs)])[0]
    }

    private static func ask<Answer: Decodable>(_ questions: [Question]) async throws -> [Answer] {
        let directory = try TemporaryDirectory()
        let file = try directory.write("questions.json", String(decoding: try JSONEncoder().encode(questions), as: UTF8.self))
        let end = try await Program.run(Repository.python, [Repository.path("Tests/SamplingTests/Support/scipy_reference.py"), file])
        guard end.exitCode == 0 else { throw Failure(description: "scipy_reference.py did not answer: \(end.errors)") }
        return try JSONDecoder().decode([Answer].self, from: Data(end.output.utf8))
    }
}
