import ArgumentParser
import FoundationEssentials
import LynxModel
import Statistics

/// Simulates studies that are looked at after every run, and counts how often and how soon each rule calls a requirement MET.
///
/// Prints one JSON object with an entry for each rule.
@main
struct Verdicts: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lynx-verdicts", abstract: "Simulate studies that are looked at after every run.")

    @Option(help: "The share of runs that the requirement asks for.")
    var probability = 0.9973

    @Option(help: "How sure a verdict is to be.")
    var confidence = 0.9

    @Option(name: .customLong("true"), help: "The share of runs that truly pass.")
    var trueShare = 0.9973

    @Option(help: "How many studies.")
    var studies = 10_000

    @Option(help: "The failures that the table of looks allows for.")
    var maxFailures = 10

    private struct Count {
        private(set) var met = 0
        private var runs = 0
        /// Until MET, over the studies that are; 0 if none is.
        var meanRuns: Double { met > 0 ? Double(runs) / Double(met) : 0 }

        mutating func add(_ runsUntilMet: Int?) {
            guard let runsUntilMet else { return }
            met += 1
            runs += runsUntilMet
        }
    }

    func run() throws {
        let requirement = try ShareRequirement(share: probability, confidence: confidence)
        let fixed = FixedPlan(showing: requirement, allowedFailures: maxFailures)
        let table = LooksTable(for: requirement, mostFailures: maxFailures)
        let looks = RequirementTest(requirement, by: .looks(table))
        let evidence = RequirementTest(requirement, by: .eProcess())
        // As long as the longest of the rules.
        let runs = max(fixed.runs, table.boundary.smallestRuns.last ?? 0)
        var counts: [String: Count] = [:]
        for study in 0..<studies {
            let outcomes = Self.study(study, runs: runs, failureShare: 1 - trueShare)
            for (name, test) in [("table of looks", looks), ("e-process", evidence)] {
                counts[name, default: Count()].add(Self.runsUntilMet(outcomes, test))
            }
            let failures = outcomes.prefix(fixed.runs).count { $0 == .fail }
            counts["fixed plan, once", default: Count()].add(failures <= fixed.allowedFailures ? fixed.runs : nil)
            counts["fixed bound, every run", default: Count()].add(Self.runsUntilBound(outcomes, requirement))
        }
        let answer = Answer(studies: studies, rules: counts.mapValues { Answer.Rule(met: $0.met, meanRuns: $0.meanRuns) })
        print(String(decoding: try WireJSON.encode(answer), as: UTF8.self))
    }

    private struct Answer: Encodable {
        struct Rule: Encodable {
            var met: Int
            var meanRuns: Double
        }

        var studies: Int
        var rules: [String: Rule]
    }

    /// The same studies for every rule, and in every call.
    private static func study(_ number: Int, runs: Int, failureShare: Double) -> [RunOutcome] {
        var random = CounterRandom(seed: 20_261_130, key: [UInt64(number)])
        return (0..<runs).map { _ in random.openUnit() < failureShare ? .fail : .pass }
    }

    /// As a study that ends with its first verdict.
    private static func runsUntilMet(_ outcomes: [RunOutcome], _ test: RequirementTest) -> Int? {
        guard let runs = test.runsUntilVerdict(outcomes) else { return nil }
        return test.judge(Array(outcomes.prefix(runs))).verdict == .met ? runs : nil
    }

    /// The mistake that the other rules are made to avoid: the bound of a fixed plan, looked at after every run.
    private static func runsUntilBound(_ outcomes: [RunOutcome], _ requirement: ShareRequirement) -> Int? {
        var failures = 0
        var needed = FixedPlan(showing: requirement, allowedFailures: 0).runs
        for (index, outcome) in outcomes.enumerated() {
            if outcome == .fail {
                failures += 1
                needed = FixedPlan(showing: requirement, allowedFailures: failures).runs
            }
            if index + 1 >= needed { return index + 1 }
        }
        return nil
    }
}
