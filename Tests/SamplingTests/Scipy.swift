import Foundation
import LynxModel

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
    }

    /// The p-value of each set of samples under its distribution.
    static func kolmogorovSmirnov(_ cases: [(distribution: Distribution, samples: [Double])]) throws -> [Double] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "sampling-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: folder) }
        let questions = try cases.enumerated().map { number, item in
            let file = folder.appending(path: "\(number).bin")
            try item.samples.map(\.bitPattern.littleEndian).withUnsafeBytes { try Data($0).write(to: file) }
            return Question(question: "kolmogorov_smirnov", distribution: item.distribution, file: file.path)
        }
        return try ask(questions)
    }

    /// The quantiles of each distribution at the given probabilities.
    static func quantiles(_ cases: [(distribution: Distribution, probabilities: [Double])]) throws -> [[Double]] {
        try ask(cases.map { Question(question: "quantiles", distribution: $0.distribution, probabilities: $0.probabilities) })
    }

    /// The p-value of each set of counts, given expectations up to a common factor.
    static func chiSquare(_ cases: [(observed: [Int], expected: [Double])]) throws -> [Double] {
        try ask(cases.map { Question(question: "chi_square", observed: $0.observed, expected: $0.expected) })
    }

    private static func ask<Answer: Decodable>(_ questions: [Question]) throws -> [Answer] {
        let here = URL(filePath: #filePath).deletingLastPathComponent()
        let root = here.deletingLastPathComponent().deletingLastPathComponent()
        let process = Process()
        process.executableURL = root.appending(path: ".venv/bin/python")
        process.arguments = [here.appending(path: "scipy_reference.py").path]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: JSONEncoder().encode(questions))
        try input.fileHandleForWriting.close()
        let answer = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(description: "scipy_reference.py ended with status \(process.terminationStatus)")
        }
        return try JSONDecoder().decode([Answer].self, from: answer)
    }
}
