import FoundationEssentials
import Support

/// What was found out about one scenario with the files as they were then; kept on the runner.
struct ProofRecord: Codable, Sendable {
    enum Verdict: String, Codable, Sendable {
        /// Copies of a warm parent give what fresh processes give.
        case proven
        /// They do not, or that cannot be told.
        case failed
        /// They did, until a run that was repeated cold gave something else.
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
    /// Names this proof for the results that rest on it.
    var id = UUID().uuidString
    /// A hash of everything that it was made with.
    var hash: String
    var at = Date()
    var python: String
    var files: [WarmPlan.File]
    var runs: [Run] = []
    /// Where cold runs differ among themselves.
    var notReproducible: [Place] = []

    private enum CodingKeys: String, CodingKey {
        case version, verdict, reason, id, hash, at, python, files, runs
        case notReproducible = "not_reproducible"
    }

    /// - Parameter plan: nil if there was none to be had; then it is the script's own content that counts.
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

    /// How many times as long as a copy's run a fresh process's took.
    var costOfColdRun: Double {
        func fastest(_ kind: String) -> Double? { runs.filter { $0.name.hasPrefix(kind) }.map(\.seconds).min() }
        guard let cold = fastest("cold-"), let warm = fastest("warm-"), warm > 0 else { return 1 }
        return cold / warm
    }

    var isCurrent: Bool { files.allSatisfy(\.isUnchanged) }
}
