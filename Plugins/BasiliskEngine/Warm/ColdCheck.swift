import CLinux
import Dispatch
import EngineKit
import FoundationEssentials
import Glibc
import Synchronization

/// Repeats a job cold after its warm process has succeeded, and compares the files of the two.
///
/// The cold run has the same directory, configuration and environment, and a telemetry endpoint that discards its input. The
/// warm run's output is set aside for it, and restored if both are equal. If they differ, a second cold run shows whether fresh
/// processes differ there among themselves.
final class ColdCheck: Sendable {
    enum Verdict: Sendable, Equatable {
        /// The warm run failed, or the check was interrupted.
        case none
        /// - except: the places where the two cold runs differed.
        case same(except: Set<Place>)
        /// A description of the difference, such as `final_a in summary.json`.
        case different(String)
    }

    static let warmOutput = "output.warm"

    /// Readable when all runs have ended.
    let exitDescriptor: Int32
    private let warm: GuardedProcess
    private let files: JobFiles
    private let request: GuardedProcess.Request
    private let comparison: RunComparison
    private let known: [Place]
    private let state = Mutex<(cold: GuardedProcess?, isKilled: Bool, verdict: Verdict)>((nil, false, .none))

    /// Nil if no descriptor is available.
    ///
    /// - Parameter known: the places where fresh processes differ among themselves.
    init?(of warm: GuardedProcess, files: JobFiles, request: GuardedProcess.Request, comparison: RunComparison, known: [Place]) {
        let descriptor = eventfd(0, Int32(EFD_CLOEXEC))
        guard descriptor >= 0 else { return nil }
        exitDescriptor = descriptor
        self.warm = warm
        self.files = files
        self.request = request
        self.comparison = comparison
        self.known = known
    }

    deinit { close(exitDescriptor) }

    var verdict: Verdict { state.withLock { $0.verdict } }

    func start() {
        DispatchQueue(label: "cold-check").async { [self] in
            Self.wait(warm.exitDescriptor)
            if warm.hasSucceeded, !state.withLock({ $0.isKilled }) {
                let verdict = compare()
                state.withLock { $0.verdict = verdict }
            }
            eventfd_write(exitDescriptor, 1)
        }
    }

    /// Ends the cold run if one is running, and prevents further ones.
    func kill() {
        state.withLock { state in
            state.isKilled = true
            state.cold?.kill()
        }
    }

    private func compare() -> Verdict {
        let warm = RunRecord(output: files.directory + "/" + Self.warmOutput, logs: ["stdout.log": files.stdout, "stderr.log": files.stderr], end: "exit code 0")
        guard rename(files.output, warm.output) == 0 else { return .none }
        guard let first = runCold("cold") else {
            putBack(warm, removing: ["cold"])
            return .none
        }
        let differences = RunComparison.unexplained(comparison.differences(warm, first), by: known)
        if differences.isEmpty {
            putBack(warm, removing: ["cold"])
            return .same(except: [])
        }
        // The second cold run needs the same output directory.
        let aside = files.directory + "/output.cold"
        guard rename(files.output, aside) == 0 else { return .different(differences.summary) }
        var kept = first
        kept.output = aside
        guard let second = runCold("cold-2") else {
            try? FileManager.default.removeItem(atPath: aside)
            putBack(warm, removing: ["cold", "cold-2"])
            return .none
        }
        let chance = comparison.differences(kept, second)
        try? FileManager.default.removeItem(atPath: files.output)
        let left = RunComparison.unexplained(differences, by: chance.union(known))
        if left.isEmpty {
            try? FileManager.default.removeItem(atPath: aside)
            putBack(warm, removing: ["cold", "cold-2"])
            return .same(except: chance)
        }
        rename(aside, files.output)
        removeLogs(["cold-2"])
        return .different(left.summary)
    }

    /// The record of a cold run; nil if it is not usable for the comparison.
    private func runCold(_ name: String) -> RunRecord? {
        guard mkdir(files.output, 0o700) == 0 else { return nil }
        var request = request
        request.stdoutPath = "\(files.directory)/\(name).stdout.log"
        request.stderrPath = "\(files.directory)/\(name).stderr.log"
        let telemetry = try? SeriesRecording()
        request.environment["TETRYX_TELEMETRY_URL"] = telemetry?.url
        guard let cold = try? GuardedProcess(request) else { return nil }
        let isKilled = state.withLock { state in
            state.cold = cold
            return state.isKilled
        }
        if isKilled { cold.kill() }
        Self.wait(cold.exitDescriptor)
        _ = telemetry?.finish()
        guard let end = cold.reap(), !state.withLock({ $0.isKilled }) else { return nil }
        return RunRecord(
            output: files.output, logs: ["stdout.log": request.stdoutPath, "stderr.log": request.stderrPath],
            end: end.exitCode.map { "exit code \($0)" } ?? "signal \(end.exitSignal ?? 0)")
    }

    private func putBack(_ warm: RunRecord, removing names: [String]) {
        try? FileManager.default.removeItem(atPath: files.output)
        removeLogs(names)
        rename(warm.output, files.output)
    }

    private func removeLogs(_ names: [String]) {
        for name in names {
            for stream in ["stdout", "stderr"] { try? FileManager.default.removeItem(atPath: "\(files.directory)/\(name).\(stream).log") }
        }
    }

    private static func wait(_ descriptor: Int32) {
        var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        while poll(&wait, 1, -1) < 0 && errno == EINTR {}
    }
}

/// The effort to be spent before warm starts are possible, the choice of warm runs that are repeated cold, and the differences
/// that are allowed between the two.
struct CheckSettings: Sendable {
    /// Unless an interval is set, checks use this part of the time of runs that take as long cold as warm, and never more.
    private static let defaultShare = 1.0 / 50

    let patience: ProofPatience
    /// One in this many runs is checked; 0 checks none; nil means by the share of the time.
    let interval: Int?
    /// Keys of JSON objects, at any depth, that are not compared.
    let ignoredKeys: Set<String>

    init(_ settings: EngineSettings) throws(EngineError) {
        patience = ProofPatience(
            fixed: try ScriptSettings.proveAfter.value(in: settings), expectedJobs: try ScriptSettings.expectedJobs.value(in: settings))
        interval = try ScriptSettings.checkEvery.value(in: settings)
        ignoredKeys = Set(try ScriptSettings.checkIgnore.value(in: settings).split { $0 == "," || $0.isWhitespace }.map(String.init))
    }

    /// The settings that are given of those that checks depend on, `name=value` each.
    static func given(in settings: EngineSettings) -> [String] {
        [ScriptSettings.checkEvery.key, ScriptSettings.checkIgnore.key, ScriptSettings.proveAfter.key].map(\.key).compactMap { key in
            settings[key].map { "\(key)=\($0)" }
        }
    }

    /// - Parameter cost: the duration of a cold run divided by that of a warm run.
    func applies(toRun configuration: [UInt8], cost: Double) -> Bool {
        guard let interval else { return Double.random(in: 0..<1) < Self.defaultShare / max(1, cost) }
        struct Run: Decodable {
            var runIndex: Int
            enum CodingKeys: String, CodingKey { case runIndex = "run_index" }
        }
        guard interval > 0, let run = try? JSONDecoder().decode(Run.self, from: Data(configuration)) else { return false }
        // The run in the middle of each interval, so that a batch with a round number of runs does not wait for a check at its
        // end.
        return run.runIndex % interval == interval / 2
    }
}
