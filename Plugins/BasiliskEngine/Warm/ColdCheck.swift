import CLinux
import Dispatch
import EngineKit
import FoundationEssentials
import Glibc
import Synchronization

/// Runs a job again cold when its warm process has succeeded, and compares what the two left.
///
/// The cold run has the same directory, configuration and environment, and telemetry that goes nowhere: what the warm one left
/// is put aside for it, and back afterwards if both left the same. Where they differ, a second cold run says whether fresh
/// processes differ there among themselves.
final class ColdCheck: Sendable {
    enum Verdict: Sendable, Equatable {
        /// The warm run failed, or the check was cut short.
        case none
        /// - except: where the two cold runs differed.
        case same(except: Set<Place>)
        /// What differs, such as `final_a in summary.json`.
        case different(String)
    }

    static let warmOutput = "output.warm"

    /// Readable when all runs are over.
    let exitDescriptor: Int32
    private let warm: GuardedProcess
    private let files: JobFiles
    private let request: GuardedProcess.Request
    private let comparison: RunComparison
    private let known: [Place]
    private let state = Mutex<(cold: GuardedProcess?, isKilled: Bool, verdict: Verdict)>((nil, false, .none))

    /// nil if there is no descriptor to be had.
    ///
    /// - Parameter known: where fresh processes differ among themselves.
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

    /// Ends the cold run, if it is under way, and has none begin.
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
        // The place of its output is needed once more.
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

    /// What a cold run leaves; nil if it says nothing.
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
