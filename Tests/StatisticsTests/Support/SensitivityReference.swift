import Foundation
import TestSupport

/// What SALib, OpenTURNS, scipy and statsmodels say, from one Python process for many questions.
enum SensitivityReference {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    struct Question: Encodable {
        var name: String
        var numbers: [Double]
        var columns: [[Double]]
        /// One of statsmodels' data sets in place of columns; none if it is empty.
        var dataset: String

        init(_ name: String, _ numbers: [Double] = [], columns: [[Double]] = [], dataset: String = "") {
            (self.name, self.numbers, self.columns, self.dataset) = (name, numbers, columns, dataset)
        }
    }

    /// Rows of numbers by their name.
    typealias Answer = [String: [[Double]]]

    static func ask(_ question: Question) async throws -> Answer { try await ask([question])[0] }

    static func ask(_ questions: [Question]) async throws -> [Answer] {
        let directory = try TemporaryDirectory()
        let file = try directory.write("questions.json", String(decoding: try JSONEncoder().encode(questions), as: UTF8.self))
        let script = Repository.path("Tests/StatisticsTests/Support/sensitivity_reference.py")
        let end = try await Program.run(Repository.python, [script, file])
        guard end.exitCode == 0 else { throw Failure(description: "sensitivity_reference.py did not answer: \(end.errors)") }
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return try decoder.decode([Answer].self, from: Data(end.output.utf8))
    }
}
