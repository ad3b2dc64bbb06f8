import EngineKit
import FoundationEssentials

/// Which warm runs are repeated cold, and what may differ between the two.
struct CheckSettings: Sendable {
    private static let defaultInterval = 50
    /// What the tutorial's `summary.json` calls its execution time; and what depends on telemetry, which the cold run has not.
    private static let defaultIgnoredKeys: Set = ["execution_time_s", "execution_time_secs", "telemetry"]

    /// Of so many runs one is checked; 0: none.
    let interval: Int
    /// Of JSON objects, at any depth.
    let ignoredKeys: Set<String>

    init(_ settings: EngineSettings) throws(EngineError) {
        let text = settings["warm_check_every"] ?? "\(Self.defaultInterval)"
        guard let interval = Int(text), interval >= 0 else {
            throw .invalid("engine_options.basilisk.warm_check_every: '\(text)' is not a number of runs; give a whole number, or 0 for no checks")
        }
        self.interval = interval
        ignoredKeys =
            settings["warm_check_ignore"].map { keys in
                Set(keys.split { $0 == "," || $0.isWhitespace }.map(String.init))
            } ?? Self.defaultIgnoredKeys
    }

    func applies(toRun configuration: [UInt8]) -> Bool {
        struct Run: Decodable {
            var runIndex: Int
            enum CodingKeys: String, CodingKey { case runIndex = "run_index" }
        }
        guard interval > 0, let run = try? JSONDecoder().decode(Run.self, from: Data(configuration)) else { return false }
        // That in the middle: a batch of a round number of runs does not wait for a check at its end.
        return run.runIndex % interval == interval / 2
    }
}
