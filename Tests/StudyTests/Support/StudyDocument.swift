import Foundation
import LynxModel
import TestSupport

/// What `lynxctl run --json` and `lynxctl results --json` print.
struct StudyDocument: Decodable, Sendable {
    var batch: Batch
    var jobs: [Job]
    var results: [JobResult]

    init(_ json: String) throws { self = try WireJSON.decode(StudyDocument.self, from: Data(json.utf8)) }

    func job(_ run: Int) throws -> Job {
        guard let job = jobs.first(where: { $0.runConfig.runIndex == run }) else { throw CocoaError(.coderValueNotFound) }
        return job
    }

    func result(_ run: Int) throws -> JobResult {
        guard let result = results.first(where: { $0.metadata.runIndex == run }) else { throw CocoaError(.coderValueNotFound) }
        return result
    }

    /// The numbers of the runs that have results, sorted.
    var runsWithResults: [Int] { results.map(\.metadata.runIndex).sorted() }
}

extension JobResult {
    func outputFile(_ name: String) throws -> String {
        guard let path = outputFiles.first(where: { $0.hasSuffix("/output/\(name)") }) else { throw CocoaError(.fileNoSuchFile) }
        return path
    }
}

extension ParameterValue {
    var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        case .string, .bool: nil
        }
    }
}
