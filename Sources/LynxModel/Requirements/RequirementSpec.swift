import LynxDocument

/// What a share of at least `probability` of all runs must satisfy, shown with `confidence`. It has one of three forms: a
/// relation on an output, a formula over telemetry, or that no stopping condition was breached.
public struct RequirementSpec: Codable, Hashable, Sendable {
    public var name: String
    /// With `comparison` and `threshold`: the relation that the output satisfies in a run that passes.
    public var output: String?
    public var comparison: ComparisonOperator?
    public var threshold: Double?
    /// Of `threshold`; empty: not checked.
    public var units: String
    /// Signal temporal logic over telemetry variables; a run passes where its robustness is not negative.
    public var formula: String?
    /// The name of the stopping condition that a run must not breach; `any` for all of them.
    public var noBreach: String?
    public var probability: Double
    public var confidence: Double

    public static let defaultConfidence = 0.9
    /// Stands for every stopping condition.
    public static let anyCondition = "any"

    public init(
        name: String, output: String? = nil, comparison: ComparisonOperator? = nil, threshold: Double? = nil, units: String = "",
        formula: String? = nil, noBreach: String? = nil, probability: Double, confidence: Double = defaultConfidence
    ) {
        self.name = name
        self.output = output
        self.comparison = comparison
        self.threshold = threshold
        self.units = units
        self.formula = formula
        self.noBreach = noBreach
        self.probability = probability
        self.confidence = confidence
    }

    /// What a run must do, for people: `final_radius_km >= 6990 km`.
    public var statement: String {
        if let output, let comparison, let threshold {
            return "\(output) \(comparison.symbol) \(Shown.number(threshold))\(units.isEmpty ? "" : " \(units)")"
        }
        if let formula { return formula }
        if let noBreach { return noBreach == Self.anyCondition ? "no breach" : "no breach of \(noBreach)" }
        return name
    }

    private enum CodingKeys: String, CodingKey {
        case name, output, threshold, units, formula, probability, confidence
        case comparison = "operator"
        case noBreach = "no_breach"
    }
}

extension BatchConfig {
    /// The formulas of its requirements, by the names of the outputs that hold their robustness; nil if there are none.
    package var formulas: [String: String]? {
        let formulas = (requirements ?? []).compactMap { requirement in requirement.formula.map { (requirement.robustnessOutput, $0) } }
        return formulas.isEmpty ? nil : Dictionary(formulas) { first, _ in first }
    }
}

extension RequirementSpec {
    /// The output that holds the robustness of its formula.
    package var robustnessOutput: String { "robustness:\(name)" }
}

/// When a batch ends before all its runs are done.
public struct StopSpec: Codable, Hashable, Sendable {
    public enum Moment: String, Codable, CaseIterable, Sendable {
        /// Every requirement is MET or NOT MET, judged so that looking after every run leaves the confidence what it says.
        case decided
    }

    public enum Rule: String, Codable, CaseIterable, Sendable {
        /// The exact table of looks, for at most `maxFailures` failures.
        case looks
        /// The e-process of a beta-binomial mixture, for any number of failures.
        case eProcess = "e_process"
    }

    public enum Running: String, Codable, CaseIterable, Sendable {
        case cancel, finish
    }

    public var when: Moment
    public var rule: Rule
    public var maxFailures: Int
    /// What becomes of the runs that are under way.
    public var running: Running

    public static let defaultMaxFailures = 10

    public init(when: Moment = .decided, rule: Rule = .looks, maxFailures: Int = defaultMaxFailures, running: Running = .cancel) {
        self.when = when
        self.rule = rule
        self.maxFailures = maxFailures
        self.running = running
    }

    private enum CodingKeys: String, CodingKey {
        case when, rule, running
        case maxFailures = "max_failures"
    }
}
