import CLinux
import Dispatch
import EngineKit
import FoundationEssentials
import Glibc
import Synchronization

/// Runs a job again cold when its warm process has succeeded, and compares what the two left.
///
/// The cold run has the same directory, configuration and environment, but no telemetry: what the warm one left is put
/// aside for it, and back afterwards if both left the same.
final class ColdCheck: Sendable {
    enum Verdict: Sendable, Equatable {
        /// The warm run failed, or the check was cut short.
        case none
        case same
        /// What differs, such as `other bytes in trajectory.csv`.
        case different(String)
    }

    static let warmOutput = "output.warm"

    /// Readable when both runs are over.
    let exitDescriptor: Int32
    private let warm: GuardedProcess
    private let files: JobFiles
    private let request: GuardedProcess.Request
    private let settings: CheckSettings
    private let state = Mutex<(cold: GuardedProcess?, isKilled: Bool, verdict: Verdict)>((nil, false, .none))

    /// nil if there is no descriptor to be had.
    init?(of warm: GuardedProcess, files: JobFiles, request: GuardedProcess.Request, settings: CheckSettings) {
        let descriptor = eventfd(0, Int32(EFD_CLOEXEC))
        guard descriptor >= 0 else { return nil }
        exitDescriptor = descriptor
        self.warm = warm
        self.files = files
        self.settings = settings
        var request = request
        request.environment["TETRYX_TELEMETRY_URL"] = nil
        request.stdoutPath = files.directory + "/cold.stdout.log"
        request.stderrPath = files.directory + "/cold.stderr.log"
        self.request = request
    }

    deinit { close(exitDescriptor) }

    var verdict: Verdict { state.withLock { $0.verdict } }

    func start() {
        DispatchQueue(label: "cold-check").async { [self] in
            Self.wait(warm.exitDescriptor)
            if warm.hasSucceeded, !state.withLock({ $0.isKilled }) {
                let verdict = run()
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

    private func run() -> Verdict {
        let aside = files.directory + "/" + Self.warmOutput
        guard rename(files.output, aside) == 0 else { return .none }
        guard mkdir(files.output, 0o700) == 0, let failure = runCold() else {
            putBack(aside)
            return .none
        }
        let difference = failure.isEmpty ? OutputComparison(ignoring: settings.ignoredKeys).difference(aside, files.output) : failure
        if let difference { return .different(difference) }
        putBack(aside)
        return .same
    }

    /// Why the cold run failed, empty if it did not; nil if it says nothing.
    private func runCold() -> String? {
        guard let cold = try? GuardedProcess(request) else { return nil }
        let isKilled = state.withLock { state in
            state.cold = cold
            return state.isKilled
        }
        if isKilled { cold.kill() }
        Self.wait(cold.exitDescriptor)
        guard let end = cold.reap(), !state.withLock({ $0.isKilled }) else { return nil }
        if end.exitCode == 0 { return "" }
        return end.exitCode.map { "exit code 0 instead of \($0)" } ?? "exit code 0 instead of an end by signal \(end.exitSignal ?? 0)"
    }

    private func putBack(_ aside: String) {
        for path in [files.output, request.stdoutPath, request.stderrPath] { try? FileManager.default.removeItem(atPath: path) }
        rename(aside, files.output)
    }

    private static func wait(_ descriptor: Int32) {
        var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        while poll(&wait, 1, -1) < 0 && errno == EINTR {}
    }
}
