package import LynxModel

/// What `lynxctl run` was asked for.
package struct StudyOptions: Sendable {
    package enum Work: Sendable {
        case submit(BatchSubmission)
        /// Go on with a batch that the ledger holds.
        case resume(batchID: String)
    }

    package var work: Work
    package var runnerHost: String
    package var runnerConfig: String
    package var engines: String?
    package var maxConcurrentJobs: Int?

    package init(work: Work, runnerHost: String, runnerConfig: String, engines: String? = nil, maxConcurrentJobs: Int? = nil) {
        self.work = work
        self.runnerHost = runnerHost
        self.runnerConfig = runnerConfig
        self.engines = engines
        self.maxConcurrentJobs = maxConcurrentJobs
    }

    /// - Parameter parent: the process whose end is the runner's end.
    package func runnerArguments(controlPlane: String, parent: Int32) -> [String] {
        var arguments = ["--config", runnerConfig, "--control-plane", controlPlane, "--parent-pid", "\(parent)"]
        if case .submit(let batch) = work { arguments += ["--expected-jobs", "\(batch.runsOverride ?? batch.config.monteCarlo.runs)"] }
        if let engines { arguments += ["--engines", engines] }
        if let maxConcurrentJobs { arguments += ["--max-concurrent-jobs", "\(maxConcurrentJobs)"] }
        // The runner is given no jobs but those of this batch, whose code is this user's own.
        if mayHaveBundle { arguments += ["--allow-bundles", "true"] }
        return arguments
    }

    private var mayHaveBundle: Bool {
        switch work {
        case .submit(let batch): batch.config.simulation.bundle != nil
        case .resume: true
        }
    }

    /// A command line, for a shell, that goes on with the batch.
    package func resumeCommand(batchID: String, state: String) -> String {
        var words = ["lynxctl", "run", "--resume", batchID, "--runner-config", runnerConfig]
        if state != StateDirectory.standardPath { words += ["--state", state] }
        if let engines { words += ["--engines", engines] }
        if let maxConcurrentJobs { words += ["--max-concurrent-jobs", "\(maxConcurrentJobs)"] }
        return words.map(Self.quoted).joined(separator: " ")
    }

    static func quoted(_ word: String) -> String {
        let isPlain = !word.isEmpty && word.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_./,:=@%+".contains($0)) }
        return isPlain ? word : "'" + word.unicodeScalars.split(separator: "'", omittingEmptySubsequences: false).map { String($0) }.joined(separator: "'\\''") + "'"
    }
}
