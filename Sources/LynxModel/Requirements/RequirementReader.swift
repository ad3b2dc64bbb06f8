package import LynxDocument
import TemporalLogic

extension FieldType where Value == [RequirementSpec] {
    /// Requirements have unique names, by which verdicts are known.
    package static var requirements: FieldType { .uniquelyNamed(.requirement, named: "requirements", each: "requirement") }
}

extension RequirementSpec {
    /// Reads a file of requirements: a mapping with the field `requirements`, as in a batch file.
    ///
    /// - Throws: everything that is wrong with the file, each with its line and column.
    package static func read(yamlFile path: String) throws(DiagnosticList) -> [RequirementSpec] {
        let file: FieldType<[RequirementSpec]> = .mapping("a file of requirements") { fields in
            fields.required("requirements", .requirements, "What the runs must satisfy.")
        }
        return try Document.yaml(file: path).read(as: file)
    }

    /// Reads the body of a call, by the same rules.
    package static func read(json bytes: [UInt8], name: String) throws(DiagnosticList) -> [RequirementSpec] {
        let file: FieldType<[RequirementSpec]> = .mapping("a list of requirements") { fields in
            fields.required("requirements", .requirements, "What the runs must satisfy.")
        }
        return try Document.json(bytes, name: name).read(as: file)
    }
}

extension FieldType where Value == RequirementSpec {
    fileprivate static var requirement: FieldType {
        mapping("a requirement") { fields in
            let name = fields.required("name", .shortLine, "What verdicts call the requirement; unique in the batch.")
            let output = fields.optional("output", .shortLine, "The output that must satisfy the relation.")
            let comparison = fields.optional("operator", .comparison, "The relation that a run that passes satisfies.")
            let threshold = fields.optional("threshold", .number(), "What the output is compared with.")
            let units = fields.optional("units", .string, default: "", "The threshold's units; must be the output's.")
            let formula = fields.optional("formula", .formula, "Signal temporal logic over telemetry that a run that passes satisfies.")
            let noBreach = fields.optional("no_breach", .shortLine, "The stopping condition that a run must not breach, or `any`.")
            let probability = fields.required("probability", .openShare, "The share of all runs that must pass, between 0 and 1.")
            let confidence = fields.optional(
                "confidence", .openShare, default: RequirementSpec.defaultConfidence, "How sure the verdict is, between 0 and 1.")
            guard let name, let probability else { return nil }
            let forms = ["output", "formula", "no_breach"].filter(fields.has)
            guard let form = forms.first else {
                fields.report("name", "says nothing that a run must do; give output with operator and threshold, formula, or no_breach")
                return nil
            }
            if forms.count > 1 {
                fields.report(forms[1], "comes with \(form); a requirement has one of them")
                return nil
            }
            for key in ["operator", "threshold"] where fields.has(key) != fields.has("output") {
                fields.report(
                    key,
                    fields.has(key)
                        ? "belongs to 'output', which is not given; leave it out"
                        : "is missing; an output is compared by operator and threshold")
                return nil
            }
            // What is given and wrong has been reported.
            guard output != nil || formula != nil || noBreach != nil, form != "output" || comparison != nil && threshold != nil else { return nil }
            return RequirementSpec(
                name: name, output: output, comparison: comparison, threshold: threshold, units: units, formula: formula, noBreach: noBreach,
                probability: probability, confidence: confidence)
        }.named("Requirement")
    }
}

extension FieldType where Value == String {
    /// Signal temporal logic.
    fileprivate static var formula: FieldType {
        line(maximum: 2000).checked { text in
            do throws(FormulaError) {
                _ = try Formula(text)
                return nil
            } catch {
                return "is no formula: \(error)"
            }
        }
    }
}

extension FieldType where Value == Double {
    /// Certainty takes infinitely many runs, and no share needs none.
    fileprivate static var openShare: FieldType {
        number().checked(schema: ["exclusiveMinimum": 0, "exclusiveMaximum": 1]) { value in
            value > 0 && value < 1 ? nil : "\(Shown.number(value)) cannot be shown by any number of runs; give a number between 0 and 1, such as 0.99"
        }
    }
}

extension StopSpec.Rule: JSONRepresentable {}
extension StopSpec.Running: JSONRepresentable {}

extension FieldType where Value == StopSpec {
    static var stop: FieldType {
        mapping("'stop'") { fields in
            let when = fields.required("when", .choice() as FieldType<StopSpec.Moment>, "When the batch ends early.")
            let rule = fields.optional("rule", .choice(), default: StopSpec.Rule.looks, "By which rule it may be judged after every run.")
            let failures = fields.optional(
                "max_failures", .integer(0...1000), default: StopSpec.defaultMaxFailures, "Up to how many failures a requirement may still be met early; for `looks`.")
            let running = fields.optional("running", .choice(), default: StopSpec.Running.cancel, "What becomes of the runs that are under way.")
            guard let when else { return nil }
            return StopSpec(when: when, rule: rule, maxFailures: failures, running: running)
        }.named("Stop")
    }
}
