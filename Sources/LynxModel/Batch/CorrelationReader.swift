import LynxDocument

extension FieldType where Value == CorrelationSpec {
    static var correlation: FieldType {
        mapping("'correlation'") { fields in
            let kind = fields.required("kind", .choice() as FieldType<CorrelationSpec.Kind>, "Which coefficient the numbers are.")
            let pairs = fields.optional(
                "pairs", .list(of: .correlatedPair, named: "pairs", minimum: 1), "Correlated pairs; all others are uncorrelated.")
            let parameters = fields.optional(
                "parameters", .list(of: .line(), named: "parameter names", minimum: 2),
                "The parameters of the matrix, in its order.")
            let matrix = fields.optional(
                "matrix", .list(of: .list(of: .coefficient, named: "coefficients"), named: "rows"),
                "The coefficients of all pairs of the parameters, in place of `pairs`.")
            func isGiven(_ key: String) -> Bool { fields[key]?.node.isNull == false }
            if isGiven("pairs") {
                for key in ["parameters", "matrix"] where isGiven(key) {
                    fields.report(key, "is given beside pairs; keep one of the two")
                }
            } else if isGiven("parameters") || isGiven("matrix") {
                for key in ["parameters", "matrix"] where !isGiven(key) {
                    fields.report(key, "is missing; give both parameters and matrix, or pairs")
                }
            } else {
                fields.report("pairs", "is missing; give a list of pairs, or parameters and a matrix")
            }
            guard let kind else { return nil }
            if let pairs { return CorrelationSpec(kind: kind, values: .pairs(pairs)) }
            guard let parameters, let matrix else { return nil }
            return CorrelationSpec(kind: kind, values: .matrix(parameters: parameters, rows: matrix))
        }.named("Correlation")
    }
}

extension FieldType where Value == CorrelatedPair {
    fileprivate static var correlatedPair: FieldType {
        mapping("a correlated pair") { fields in
            let names: FieldType<[String]> = .list(of: .line(), named: "two parameter names")
            let between = fields.required(
                "between",
                names.checked(schema: ["minItems": 2, "maxItems": 2]) { names in
                    guard names.count == 2 else { return "has \(names.count) names; give two" }
                    return names[0] == names[1] ? "has the name \(Excerpt.quoted(names[0])) twice; give two parameters" : nil
                }, "The two parameters.")
            let value = fields.required("value", .coefficient, "Their coefficient.")
            guard let between, let value else { return nil }
            return CorrelatedPair(between: between, value: value)
        }
    }
}

extension FieldType where Value == Double {
    fileprivate static var coefficient: FieldType { number(atLeast: -1, atMost: 1) }
}
