import Foundation
import TestSupport

/// What scipy, statsmodels, numpy and mpmath say, from one Python process for many questions.
enum StatisticsReference {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    struct Question: Encodable {
        var name: String
        var numbers: [Double] = []
        var columns: [[Double]] = []
        fileprivate var dataset = false

        init(_ name: String, _ numbers: [Double] = [], columns: [[Double]] = []) {
            (self.name, self.numbers, self.columns) = (name, numbers, columns)
        }

        /// The columns of one of statsmodels' data sets.
        static func dataset(_ name: String) -> Question {
            var question = Question(name)
            question.dataset = true
            return question
        }
    }

    /// One answer to a question, in rows.
    static func ask(_ name: String, _ numbers: [Double] = [], columns: [[Double]] = []) async throws -> [[Double]] {
        try await ask([Question(name, numbers, columns: columns)])[0]
    }

    /// Columns of real data: ages and ratings of 6,366 persons with many ties, incomes and expenditures of 235 households, and
    /// numbers of sunspots in 309 years.
    static func realData() async throws -> RealData { try await loading.value }

    struct RealData: Sendable {
        var survey: [[Double]]
        var households: [[Double]]
        var sunspots: [Double]
    }

    /// Loaded once for all tests.
    private static let loading = Task {
        let data = try await ask([.dataset("fair"), .dataset("engel"), .dataset("sunspots")])
        return RealData(survey: data[0], households: data[1], sunspots: data[2][1])
    }

    static func ask(_ questions: [Question]) async throws -> [[[Double]]] {
        let directory = try TemporaryDirectory()
        let file = try directory.write("questions.json", String(decoding: try JSONEncoder().encode(questions), as: UTF8.self))
        let script = Repository.path("Tests/StatisticsTests/Support/statistics_reference.py")
        let end = try await Program.run(Repository.python, [script, file])
        guard end.exitCode == 0 else { throw Failure(description: "statistics_reference.py did not answer: \(end.errors)") }
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return try decoder.decode([[[Double]]].self, from: Data(end.output.utf8))
    }
}
