import EngineKit
import FoundationEssentials

/// How much is spent on warm starts before there are any, which warm runs are repeated cold, and what may differ between the two.
struct CheckSettings: Sendable {
    /// Unless an interval is set, checks take this part of the time of runs that take as long cold as warm, and of others no more.
    private static let defaultShare = 1.0 / 50
    /// What the tutorial's `summary.json` calls its execution time; and what depends on telemetry, which the cold run has not.
    private static let defaultIgnoredKeys: Set = ["execution_time_s", "execution_time_secs", "telemetry"]

    let patience: ProofPatience
    /// Of so many runs one is checked; 0: none; nil: by the share of the time.
    let interval: Int?
    /// Keys of JSON objects, at any depth, that are not compared.
    let ignoredKeys: Set<String>

    init(_ settings: EngineSettings) throws(EngineError) {
        patience = ProofPatience(
            fixed: try settings["warm_prove_after"].map { _ throws(EngineError) in
                try Self.count("warm_prove_after", settings, default: 0, zero: "not to wait for any")
            },
            expectedJobs: settings["expected_jobs"].flatMap { Int($0) })
        interval = try settings["warm_check_every"].map { _ throws(EngineError) in
            try Self.count("warm_check_every", settings, default: 0, zero: "for no checks")
        }
        ignoredKeys =
            settings["warm_check_ignore"].map { keys in
                Set(keys.split { $0 == "," || $0.isWhitespace }.map(String.init))
            } ?? Self.defaultIgnoredKeys
    }

    private static func count(_ key: String, _ settings: EngineSettings, default count: Int, zero: String) throws(EngineError) -> Int {
        guard let text = settings[key] else { return count }
        guard let number = Int(text), number >= 0 else {
            throw .invalid("engine_options.basilisk.\(key): '\(text)' is not a number of runs; give a whole number, or 0 \(zero)")
        }
        return number
    }

    /// - Parameter cost: how many times as long as a warm run a cold one takes.
    func applies(toRun configuration: [UInt8], cost: Double) -> Bool {
        guard let interval else { return Double.random(in: 0..<1) < Self.defaultShare / max(1, cost) }
        struct Run: Decodable {
            var runIndex: Int
            enum CodingKeys: String, CodingKey { case runIndex = "run_index" }
        }
        guard interval > 0, let run = try? JSONDecoder().decode(Run.self, from: Data(configuration)) else { return false }
        // That in the middle: a batch of a round number of runs does not wait for a check at its end.
        return run.runIndex % interval == interval / 2
    }
}
