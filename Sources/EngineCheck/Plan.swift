import FoundationEssentials
import LynxModel
import Support

/// What the process of one check is to do; comes as a file.
package struct Plan: Codable, Sendable {
    /// Absolute path of the engine.
    var library: String
    var check: String
    /// A folder of the check's own.
    var folder: String
    var settings: [String: String] = [:]
    /// The run configuration; nil for a plain one.
    var runConfig: String?
    /// The engine's id; nil until it is known.
    var engineID: String?
    /// How many jobs the checks for leaks run, and how long they may take.
    var leakJobs = 1000
    var leakSeconds = 10.0
    /// The time limit of the check, which begins again with each end of a job.
    var secondsPerCheck = 60.0
    /// For the fuzzer: the seed of one sequence.
    var seed: UInt64 = 0

    static let planFile = "plan.json"
    static let verdictFile = "verdict.json"
    static let stageFile = "stage"

    static func read(_ folder: String) -> Plan? {
        WholeFile.read("\(folder)/\(planFile)").flatMap { try? WireJSON.decode(Plan.self, from: Data($0)) }
    }
}

/// What the process of one check found out; comes back as a file.
struct Verdict: Codable, Sendable {
    enum Kind: String, Codable, Sendable { case passed, failed, skipped, advice }

    var kind: Kind
    var message = ""
    /// Of the first look at an engine.
    var engine: CheckedEngine?
}

/// What an engine's table says of it.
package struct CheckedEngine: Codable, Hashable, Sendable {
    package var id: String
    package var version: String
    package var abi: String
    /// The fields of a runner's configuration that it wants to be given; nil if it does not declare its configuration.
    package var runnerFields: [String]?
}
