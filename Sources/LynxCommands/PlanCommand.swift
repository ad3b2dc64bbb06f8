import ArgumentParser
import LynxCLI
import LynxModel
import Statistics

struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "How many runs a requirement takes.",
        discussion: """
            Fixed plans, judged once when all runs have ended, and plans that may be looked at after every run, as
            'stop: {when: decided}' does. The consumer's risk is that a design is accepted whose true share just misses the
            requirement; the producer's, that one is not accepted although its true share is --true.

            With a control plane that runs studies of the same simulation type, the wall time on its present pool is told.

            EXAMPLES:
              lynxctl plan --probability 0.9973 --confidence 0.9 --true 0.9995
              lynxctl plan --probability 0.99 --seconds-per-run 40 --type basilisk
            """)

    @Option(help: "The share of all runs that must pass, between 0 and 1.")
    var probability: Double

    @Option(help: "How sure the verdict is to be, between 0 and 1.")
    var confidence = RequirementSpec.defaultConfidence

    @Option(name: .customLong("true"), help: ArgumentHelp("The share that truly passes, for the producer's risk and the expected runs.", valueName: "share"))
    var trueShare: Double?

    @Option(help: ArgumentHelp("Failures that plans allow for, at most.", valueName: "n"))
    var maxFailures = StopSpec.defaultMaxFailures

    @Option(help: ArgumentHelp("How long a run takes, for the wall time.", valueName: "seconds"))
    var secondsPerRun: Double?

    @Option(help: ArgumentHelp("The simulation type whose runners count for the wall time.", valueName: "id"))
    var type = "basilisk"

    @OptionGroup var controlPlane: ControlPlaneOptions

    func validate() throws {
        for (name, share) in [("--probability", probability), ("--confidence", confidence), ("--true", trueShare ?? 0.5)] where !(share > 0 && share < 1) {
            throw ValidationError("\(name) is \(share); give a number between 0 and 1")
        }
        guard (0...100).contains(maxFailures) else { throw ValidationError("--max-failures is \(maxFailures); give 0 to 100") }
        if let secondsPerRun, !(secondsPerRun > 0) { throw ValidationError("--seconds-per-run is \(secondsPerRun); give a number above 0") }
    }

    func run() async throws {
        let table = try PlanTable(probability: probability, confidence: confidence, trueShare: trueShare, maxFailures: maxFailures)
        guard !controlPlane.json else { return try JSONOutput.print(table) }
        let slots = secondsPerRun == nil ? nil : try await slots()
        let output = OutputStream.standard
        output.line("at least \(VerdictReport.percent(probability)) of runs pass, with confidence \(VerdictReport.percent(confidence))")
        for section in table.sections(secondsPerRun: secondsPerRun, slots: slots) {
            output.line()
            output.line(section.title)
            section.table.print()
        }
        if let slots { output.line("\nwall time on \(NumberText.count(slots, "slot")) that run '\(type)'") }
    }

    /// The slots of the pool.
    private func slots() async throws -> Int {
        let runners = try await controlPlane.withAPI { try await $0.runners() }
        let fitting = runners.filter { $0.status != .offline && $0.capabilities.supportedSimulationTypes.contains(type) }
        let slots = fitting.reduce(0) { $0 + $1.capabilities.maxConcurrentJobs }
        guard slots > 0 else { throw CLIError.badInput("no runner that is online runs '\(type)', so there is no wall time to tell; leave --seconds-per-run out") }
        return slots
    }
}

/// Plans that show a requirement.
struct PlanTable: Encodable {
    struct Plan: Encodable {
        var allowedFailures: Int
        var runs: Int
        /// That a design is accepted that just misses the requirement.
        var consumersRisk: Double
        /// That a design of the true share is not accepted; nil without one.
        var producersRisk: Double?
    }

    struct Sequential: Encodable {
        var rule: String
        /// The smallest number of runs that accepts with 0, 1, … failures so far.
        var acceptAt: [Int]
        var consumersRisk: Double
        var producersRisk: Double?
        /// Until a design of the true share is accepted, if it is.
        var expectedRuns: Double?
    }

    var probability: Double
    var confidence: Double
    var trueShare: Double?
    var fixed: [Plan]
    var sequential: [Sequential]

    init(probability: Double, confidence: Double, trueShare: Double?, maxFailures: Int) throws {
        let requirement = try ShareRequirement(share: probability, confidence: confidence)
        self.probability = probability
        self.confidence = confidence
        self.trueShare = trueShare
        fixed = (0...maxFailures).map { failures in
            let plan = FixedPlan(showing: requirement, allowedFailures: failures)
            return Plan(
                allowedFailures: failures, runs: plan.runs, consumersRisk: plan.acceptanceProbability(trueShare: probability),
                producersRisk: trueShare.map { plan.producersRisk(trueShare: $0) })
        }
        let rules = [
            ("table of looks", LooksTable(for: requirement, mostFailures: maxFailures).boundary),
            ("e-process", EProcess(for: requirement).boundary(mostFailures: maxFailures)),
        ]
        sequential = rules.map { name, boundary in
            let accepted = trueShare.map { boundary.acceptance(trueShare: $0) }
            return Sequential(
                rule: name, acceptAt: boundary.smallestRuns, consumersRisk: boundary.acceptance(trueShare: probability).probability,
                producersRisk: accepted.map { 1 - $0.probability }, expectedRuns: accepted?.meanRuns)
        }
    }

    private enum CodingKeys: String, CodingKey {
        case probability, confidence, fixed, sequential
        case trueShare = "true_share"
    }

    func sections(secondsPerRun: Double?, slots: Int?) -> [(title: String, table: TextTable)] {
        func time(_ runs: Double) -> TextTable.Cell {
            guard let secondsPerRun, let slots else { return .init("-") }
            return .init(NumberText.duration((runs / Double(slots)).rounded(.up) * secondsPerRun))
        }
        func share(_ value: Double?) -> TextTable.Cell { .init(value.map { NumberText.fixed($0, digits: 4) } ?? "-") }
        let timed = slots != nil
        var plans = TextTable(
            columns: [.init("failures", .right), .init("runs", .right), .init("consumer's risk", .right), .init("producer's risk", .right)]
                + (timed ? [.init("wall time", .right)] : []))
        plans.rows = fixed.map { plan in
            [.init("\(plan.allowedFailures)"), .init("\(plan.runs)"), share(plan.consumersRisk), share(plan.producersRisk)]
                + (timed ? [time(Double(plan.runs))] : [])
        }
        var looks = TextTable(
            columns: [.init("rule"), .init("consumer's risk", .right), .init("producer's risk", .right), .init("expected runs", .right)]
                + (timed ? [.init("wall time", .right)] : []) + [.init("accepts at 0, 1, … failures", .free)])
        looks.rows = sequential.map { plan in
            [.init(plan.rule), share(plan.consumersRisk), share(plan.producersRisk), .init(plan.expectedRuns.map { NumberText.fixed($0, digits: 0) } ?? "-")]
                + (timed ? [plan.expectedRuns.map(time) ?? .init("-")] : []) + [.init(plan.acceptAt.map(String.init).joined(separator: ", "))]
        }
        return [("fixed plans: judged once, at the end", plans), ("sequential plans: looked at after every run", looks)]
    }
}

extension PlanTable.Plan {
    private enum CodingKeys: String, CodingKey {
        case runs
        case allowedFailures = "allowed_failures"
        case consumersRisk = "consumers_risk"
        case producersRisk = "producers_risk"
    }
}

extension PlanTable.Sequential {
    private enum CodingKeys: String, CodingKey {
        case rule
        case acceptAt = "accept_at"
        case consumersRisk = "consumers_risk"
        case producersRisk = "producers_risk"
        case expectedRuns = "expected_runs"
    }
}
