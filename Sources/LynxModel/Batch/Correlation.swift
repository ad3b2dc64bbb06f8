/// How parameters depend on each other: a Gaussian copula, told by correlation coefficients.
public struct CorrelationSpec: Hashable, Sendable {
    public var kind: Kind
    public var values: Values

    public enum Kind: String, Codable, CaseIterable, Sendable {
        /// The linear correlation of the parameters' values.
        case pearson
        /// The linear correlation of their ranks.
        case spearman
        /// The probability that two runs are in the same order in both, less the probability that they are not.
        case kendall
    }

    public enum Values: Hashable, Sendable {
        /// All other pairs are uncorrelated.
        case pairs([CorrelatedPair])
        case matrix(parameters: [String], rows: [[Double]])
    }

    public init(kind: Kind, values: Values) {
        self.kind = kind
        self.values = values
    }
}

public struct CorrelatedPair: Codable, Hashable, Sendable {
    /// The names of two parameters.
    public var between: [String]
    public var value: Double

    public init(between: [String], value: Double) {
        self.between = between
        self.value = value
    }
}

extension CorrelationSpec: Codable {
    private enum Key: String, CodingKey {
        case kind, pairs, parameters, matrix
    }

    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        kind = try fields.decode(Kind.self, forKey: .kind)
        if let pairs = try fields.decodeIfPresent([CorrelatedPair].self, forKey: .pairs) {
            values = .pairs(pairs)
        } else {
            values = .matrix(
                parameters: try fields.decode([String].self, forKey: .parameters),
                rows: try fields.decode([[Double]].self, forKey: .matrix))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: Key.self)
        try fields.encode(kind, forKey: .kind)
        switch values {
        case .pairs(let pairs): try fields.encode(pairs, forKey: .pairs)
        case .matrix(let parameters, let rows):
            try fields.encode(parameters, forKey: .parameters)
            try fields.encode(rows, forKey: .matrix)
        }
    }
}
