/// What the end of a program means, by its exit code or signal.
package struct ExitCodeTable: Hashable, Sendable {
    package enum Meaning: String, CaseIterable, Hashable, Sendable {
        case success
        /// The run failed; another attempt may not.
        case failure
        /// The simulator failed, which says nothing about what it simulates; the run is repeated without spending its retries.
        case simulatorFault = "simulator_fault"
        /// The run's configuration makes no sense to the program; it would fail again.
        case invalid
    }

    /// An end that a row of the table covers.
    package enum End: Hashable, Sendable {
        case codes(ClosedRange<Int32>)
        case signal(SignalName)

        package func covers(code: Int32?, signal: Int32?) -> Bool {
            switch self {
            case .codes(let codes): code.map(codes.contains) ?? false
            case .signal(let name): signal == name.number
            }
        }

        func overlaps(_ other: End) -> Bool {
            switch (self, other) {
            case (.codes(let codes), .codes(let others)): codes.overlaps(others)
            default: self == other
            }
        }
    }

    private var rows: [Meaning: [End]]

    /// - Parameter rows: ends of which no two overlap. What none covers is a success if it is exit code 0, else a failure.
    package init(_ rows: [Meaning: [End]] = [:]) { self.rows = rows }

    package func meaning(code: Int32?, signal: Int32?) -> Meaning {
        for meaning in Meaning.allCases where (rows[meaning] ?? []).contains(where: { $0.covers(code: code, signal: signal) }) { return meaning }
        return code == 0 ? .success : .failure
    }

    /// An end that two rows cover.
    static func overlap(in rows: [Meaning: [End]]) -> (Meaning, Meaning)? {
        for (index, first) in Meaning.allCases.enumerated() {
            for second in Meaning.allCases[index...].dropFirst() {
                let clashes = (rows[first] ?? []).contains { end in (rows[second] ?? []).contains { $0.overlaps(end) } }
                if clashes { return (first, second) }
            }
        }
        return nil
    }
}

extension ExitCodeTable.End {
    /// `3`, `64-78` or `SIGSEGV`; nil for anything else.
    init?(_ text: String) {
        if let signal = SignalName(rawValue: text) {
            self = .signal(signal)
            return
        }
        let parts = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false).map { Int32($0) }
        guard parts.allSatisfy({ $0.map { (0...255).contains($0) } ?? false }), let low = parts.first!, let high = parts.last!, low <= high else { return nil }
        self = .codes(low...high)
    }
}
