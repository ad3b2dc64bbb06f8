import EngineABI
import EngineKit
import Synchronization

/// One run of the scenario: one guarded process, judged by its exit code.
final class ScriptJob: EngineJob {
    private let files: JobFiles
    private let request: GuardedProcess.Request
    private let process = Mutex<GuardedProcess?>(nil)

    init(files: JobFiles, request: GuardedProcess.Request) {
        self.files = files
        self.request = request
    }

    func launch() throws(EngineError) -> LaunchedProcess {
        let launched = try GuardedProcess(request)
        process.withLock { $0 = launched }
        return LaunchedProcess(pid: launched.pid, exitDescriptor: launched.exitDescriptor)
    }

    func terminate() { process.withLock { $0 }?.kill() }

    func reap() throws(EngineError) -> SimulationExit {
        guard let end = process.withLock({ $0 })?.reap() else {
            throw EngineError(lynx_status(LYNX_E_INTERNAL), "reap was called before launch or twice")
        }
        return .byExitCode(end, stderrPath: files.stderr)
    }

    func collect(into sink: borrowing ArtifactSink) throws(EngineError) {
        var collector = ArtifactCollector()
        try collector.collect(directory: files.output, into: sink)
    }
}
