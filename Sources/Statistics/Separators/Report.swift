extension Separators {
    /// What `Separators.find` finds.
    package struct Report: Sendable, Equatable {
        /// Every input that changes, the clearest first.
        package var inputs: [InputSeparator]
        /// Pairs of which both inputs matter at the report's rate, taken for themselves: discoveries first, those that gain most
        /// before others. All others that were tested cannot be discoveries.
        package var pairs: [PairSeparator]
        /// How many inputs and pairs were tested.
        package var tested: Int
        package var failed: Int
        package var passed: Int
        package var missing: Int
    }

    package struct InputSeparator: Sendable, Equatable {
        /// The input's number among the columns.
        package var input: Int
        package var separation: Separation
        /// Of the distance, two-sided.
        package var pValue: Double
        /// Over everything tested.
        package var qValue: Double
        /// Nil if no run is missing.
        package var ifMissingFailed: Separation?
        package var ifMissingPassed: Separation?
        /// At the report's rate, and likewise, with failures on the same side, if all missing runs failed and if all passed.
        package var isDiscovery: Bool
    }
}

extension Separators.Report {
    /// - Parameter analyses: of the known runs, and of all runs with those missing taken as failed and as passed.
    init(_ analyses: [SeparatorAnalysis], missing: Int) {
        let known = analyses[0]
        inputs = known.singles.map { input, single in
            let missing = analyses.dropFirst().compactMap { $0.singles[input]?.separation }
            return Separators.InputSeparator(
                input: input, separation: single.separation, pValue: single.pValue, qValue: single.qValue,
                ifMissingFailed: missing.first, ifMissingPassed: missing.last,
                isDiscovery: analyses.allSatisfy { $0.isDiscovery(input) } && single.separation.hasSideOf(missing))
        }.sorted { ($0.qValue, -$0.separation.distance, $0.input) < ($1.qValue, -$1.separation.distance, $1.input) }
        pairs = known.pairs.map { inputs, pair in
            let missing = analyses.dropFirst().map { $0.separation(of: inputs, by: pair.form) }
            return PairSeparator(
                inputs: [inputs.first, inputs.second], form: pair.form, separation: pair.separation, gain: pair.gain,
                pValue: pair.pValue, qValue: pair.qValue, ifMissingFailed: missing.first, ifMissingPassed: missing.last,
                isDiscovery: analyses.allSatisfy { $0.isDiscovery(inputs) } && pair.separation.hasSideOf(missing))
        }.sorted { a, b in
            if a.isDiscovery != b.isDiscovery { return a.isDiscovery }
            return (-a.gain, a.inputs[0], a.inputs[1]) < (-b.gain, b.inputs[0], b.inputs[1])
        }
        tested = known.tested
        failed = known.classes.failed.count
        passed = known.classes.passed.count
        self.missing = missing
    }
}
