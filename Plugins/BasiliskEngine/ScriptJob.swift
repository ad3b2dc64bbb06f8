import EngineABI
import EngineKit
import Synchronization

/// One run of the scenario: one guarded process, judged by its exit code, now and then checked by a cold run after it.
final class ScriptJob: EngineJob {
    private let host: HostHandle
    private let token: UInt64
    private let files: JobFiles
    private let request: GuardedProcess.Request
    private let warm: WarmWorkers?
    private let check: CheckSettings?
    private let running = Mutex<(process: GuardedProcess?, check: ColdCheck?)>((nil, nil))
    private let leftovers = Mutex(Leftovers())

    /// - Parameter check: how the run is checked, if it is and if it is started warm.
    init(host: HostHandle, token: UInt64, files: JobFiles, request: GuardedProcess.Request, warm: WarmWorkers?, check: CheckSettings?) {
        self.host = host
        self.token = token
        self.files = files
        self.request = request
        self.warm = warm
        self.check = check
    }

    func launch() throws(EngineError) -> LaunchedProcess {
        guard let launched = try warm?.launch(request) else {
            let launched = try GuardedProcess(request)
            running.withLock { $0 = (launched, nil) }
            return LaunchedProcess(pid: launched.pid, exitDescriptor: launched.exitDescriptor)
        }
        let check = check.flatMap { ColdCheck(of: launched, files: files, request: request, settings: $0) }
        running.withLock { $0 = (launched, check) }
        check?.start()
        return LaunchedProcess(pid: launched.pid, exitDescriptor: check?.exitDescriptor ?? launched.exitDescriptor)
    }

    func terminate() {
        let running = running.withLock { $0 }
        running.process?.kill()
        running.check?.kill()
    }

    func reap() throws(EngineError) -> SimulationExit {
        guard let end = running.withLock({ $0.process })?.reap() else {
            throw EngineError(lynx_status(LYNX_E_INTERNAL), "reap was called before launch or twice")
        }
        leftovers.withLock { $0 = end.leftovers }
        return .byExitCode(end, stderrPath: files.stderr)
    }

    func collect(into sink: borrowing ArtifactSink) throws(EngineError) {
        var collector = ArtifactCollector()
        for warning in leftovers.withLock({ $0.warnings }) { sink.warning(warning) }
        try collector.collect(directory: files.output, into: sink)
        guard case .different(let what) = running.withLock({ $0.check })?.verdict else { return }
        let message = "\(what) after a warm start than after a cold one; the files of the cold run are kept here, those of the warm one in \(ColdCheck.warmOutput)"
        sink.warning("warm workers: \(message)")
        host.log(.error, job: token, message)
        warm?.switchOff("one of them left \(what) after a warm start than after a cold one")
    }
}
