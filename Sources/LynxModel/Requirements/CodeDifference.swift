/// What code the runs of two studies were made with, as far as it is not the same.
public struct CodeComparison: Codable, Hashable, Sendable {
    /// What was not the same in all runs of both studies; empty if all was.
    public var differences: [CodeDifference]
    /// Runs whose runner did not tell what code it has, in the first study and in the second.
    public var firstUnknown: Int
    public var secondUnknown: Int

    public init(differences: [CodeDifference], firstUnknown: Int, secondUnknown: Int) {
        self.differences = differences
        self.firstUnknown = firstUnknown
        self.secondUnknown = secondUnknown
    }

    private enum CodingKeys: String, CodingKey {
        case differences
        case firstUnknown = "first_unknown"
        case secondUnknown = "second_unknown"
    }
}

/// One part of the code, such as the engine's library, that was not the same in all runs.
public struct CodeDifference: Codable, Hashable, Sendable {
    public struct Value: Codable, Hashable, Sendable {
        /// A version, or a SHA-256.
        public var value: String
        /// How many runs were made with it.
        public var runs: Int

        public init(value: String, runs: Int) {
            self.value = value
            self.runs = runs
        }
    }

    /// `host version`, `engine`, `engine ID file`, or the setting that names a file.
    public var part: String
    /// Those with the most runs first; several where the runs of one study were not made with the same code, and none where no
    /// run has such a part.
    public var first: [Value]
    public var second: [Value]

    public init(part: String, first: [Value], second: [Value]) {
        self.part = part
        self.first = first
        self.second = second
    }

    /// Whether the two studies differ in it, and not only the runs of one.
    public var isBetweenStudies: Bool { Set(first.map(\.value)) != Set(second.map(\.value)) }
}
