import EngineABI
import EngineKit
import Glibc
import Synchronization

/// One run of the scenario in a guarded process, whose exit code determines the result; a sample of warm runs is checked by a
/// cold run after it.
final class ScriptJob: EngineJob {
    private struct Running {
        var process: GuardedProcess
        var check: ColdCheck?
        /// The proof that a warm run depends on; nil for a cold run.
        var basis: String?
        let begin = ContinuousClock.now
    }

    private let host: HostHandle
    private let token: UInt64
    private let files: JobFiles
    private let request: GuardedProcess.Request
    private let configuration: [UInt8]
    private let warm: WarmScenario?
    private let check: CheckSettings?
    private let running = Mutex<Running?>(nil)
    private let leftovers = Mutex(Leftovers())

    /// - Parameters:
    ///   - configuration: the run's configuration as JSON.
    ///   - check: how the run is checked if it starts warm; nil if it is not checked.
    init(
        host: HostHandle, token: UInt64, files: JobFiles, request: GuardedProcess.Request, configuration: [UInt8], warm: WarmScenario?,
        check: CheckSettings?
    ) {
        self.host = host
        self.token = token
        self.files = files
        self.request = request
        self.configuration = configuration
        self.warm = warm
        self.check = check
    }

    func launch() throws(EngineError) -> LaunchedProcess {
        guard let warm, let start = try warm.launch(request) else {
            let process = try GuardedProcess(request)
            running.withLock { $0 = Running(process: process) }
            return LaunchedProcess(pid: process.pid, exitDescriptor: process.exitDescriptor)
        }
        host.resultBasis.restsOn(job: token, basis: start.basis)
        let check = check.flatMap { settings in
            ColdCheck(
                of: start.process, files: files, request: request, comparison: RunComparison(ignoredNames: settings.ignoredKeys),
                known: warm.notReproducible)
        }
        running.withLock { $0 = Running(process: start.process, check: check, basis: start.basis) }
        check?.start()
        return LaunchedProcess(pid: start.process.pid, exitDescriptor: check?.exitDescriptor ?? start.process.exitDescriptor)
    }

    /// SIGTERM: a script with a handler for it can write down what it has, and one without ends there and then, as with SIGKILL,
    /// also in a long call of native code. SIGINT would reach `finally` blocks of every script, but Python raises it only between
    /// two bytecodes, so that each simulation in native code would last for the whole grace.
    func stop(_ reason: StopReason, deadline: UInt64) -> Bool {
        guard let running = running.withLock({ $0 }) else { return false }
        running.check?.kill()
        running.process.signal(SIGTERM)
        return true
    }

    func terminate() {
        let running = running.withLock { $0 }
        running?.process.kill()
        running?.check?.kill()
    }

    func reap() throws(EngineError) -> SimulationExit {
        guard let running = running.withLock({ $0 }), let end = running.process.reap() else {
            throw EngineError(lynx_status(LYNX_E_INTERNAL), "reap was called before launch or twice")
        }
        leftovers.withLock { $0 = end.leftovers }
        let exit = SimulationExit.byExitCode(end, stderrPath: files.stderr)
        if running.basis == nil {
            let seconds = (ContinuousClock.now - running.begin) / .seconds(1)
            warm?.coldRunEnded(configuration, success: exit.success, seconds: seconds)
        }
        return exit
    }

    func collect(into sink: borrowing ArtifactSink) throws(EngineError) {
        var collector = ArtifactCollector()
        for warning in leftovers.withLock({ $0.warnings }) { sink.warning(warning) }
        try collector.collect(directory: files.output, into: sink)
        guard let running = running.withLock({ $0 }), let basis = running.basis, let verdict = running.check?.verdict else { return }
        switch verdict {
        case .none: break
        case .same(let places): if !places.isEmpty { warm?.add(notReproducible: places) }
        case .different(let what):
            let message =
                "\(what) differs after a warm start from a cold one; the files of the cold run are kept here, those of the warm one in \(ColdCheck.warmOutput)"
            sink.warning("warm workers: \(message)")
            host.log(.error, job: token, message)
            // This job now has the result of a fresh process, which remains valid when the proof is withdrawn.
            host.resultBasis.restsOn(job: token, basis: "a cold run")
            warm?.withdraw(basis, "a run that was repeated cold differed from its warm start: \(what)")
        }
    }
}
