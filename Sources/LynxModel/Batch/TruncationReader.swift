import LynxDocument

extension Distribution.Kind {
    /// Whether distributions of this kind have the field `truncate`.
    var canBeTruncated: Bool {
        switch self {
        case .integerUniform, .discrete, .files, .constant: false
        default: true
        }
    }
}

extension MappingReader {
    /// The distribution with the truncation that stands beside it.
    func truncated(_ base: Distribution?) -> Distribution? {
        let bounds = optional("truncate", .truncation, "The range that the distribution is conditioned on.")
        guard let base, let bounds else { return base }
        guard base.isContinuous else {
            report(
                "truncate", "is of continuous distributions alone; set interpolate: true, or leave the values out that lie beyond"
            )
            return nil
        }
        return .truncated(base, min: bounds.min, max: bounds.max)
    }
}

/// At least one of the two is there.
struct TruncationBounds: Sendable {
    var min: Double?
    var max: Double?
}

extension FieldType where Value == TruncationBounds {
    fileprivate static var truncation: FieldType {
        mapping("'truncate'") { fields in
            let min = fields.optional("min", .number(), "No value lies below it; no bound if left out.")
            let max = fields.optional("max", .number(), "No value lies above it; no bound if left out.")
            if fields["min"]?.node.isNull ?? true, fields["max"]?.node.isNull ?? true {
                fields.report("min", "is missing, and so is max; give at least one of the two")
            }
            if let min, let max, min >= max {
                fields.report("max", "\(Shown.number(max)) is not above min (\(Shown.number(min))); give min < max")
                return nil
            }
            return TruncationBounds(min: min, max: max)
        }.named("Truncation")
    }
}
