import FoundationEssentials
import Support

/// The findings about one scenario with its files of that time; stored by the runner.
struct ProofRecord: Codable, Sendable {
    enum Verdict: String, Codable, Sendable {
        /// Copies of a warm parent have the results of fresh processes.
        case proven
        /// Results differ, or equality cannot be determined.
        case failed
        /// Results were equal until a run that was repeated cold differed.
        case withdrawn
    }

    struct Run: Codable, Hashable, Sendable {
        var name: String
        var seconds: Double
        var end: String
    }

    var version = 1
    var verdict: Verdict
    /// Empty if proven.
    var reason = ""
    /// The name of this proof for results that depend on it.
    var id = UUID().uuidString
    /// A hash of everything that the proof depends on.
    var hash: String
    var at = Date()
    var python: String
    var files: [WarmPlan.File]
    var runs: [Run] = []
    /// The places where cold runs differ among themselves.
    var notReproducible: [Place] = []

    private enum CodingKeys: String, CodingKey {
        case version, verdict, reason, id, hash, at, python, files, runs
        case notReproducible = "not_reproducible"
    }

    /// - Parameter plan: nil if there was none; then the script's own content counts.
    init(_ verdict: Verdict, reason: String = "", _ scenario: Scenario, plan: WarmPlan?) {
        self.verdict = verdict
        self.reason = reason
        python = plan?.python ?? ""
        files = plan?.files ?? []
        let known = Set(files.map(\.path))
        for path in [scenario.entrypoint, scenario.python] where !known.contains(path) {
            files.append(WarmPlan.File(path: path))
        }
        var sum = SHA256()
        for text in [python, scenario.python, scenario.workingDirectory] + files.map({ "\($0.path)=\($0.sha256)" }).sorted() {
            sum.update(Array(text.utf8) + [0])
        }
        hash = sum.finalize().hexadecimal
    }

    /// The duration of a fresh process's run divided by that of a copy.
    var costOfColdRun: Double {
        func fastest(_ kind: String) -> Double? { runs.filter { $0.name.hasPrefix(kind) }.map(\.seconds).min() }
        guard let cold = fastest("cold-"), let warm = fastest("warm-"), warm > 0 else { return 1 }
        return cold / warm
    }

    var isCurrent: Bool { files.allSatisfy(\.isUnchanged) }
}
