import CLinux
import EngineABI
import EngineKit
import EventLoop
import Glibc
import Support
import Synchronization

/// The processes of one attempt that an engine has the host start, and the attempt's files: `lynx_processes` of the ABI.
final class JobProcesses: Sendable {
    private struct Program {
        let isHelper: Bool
        let stderr: String
        /// Nil while it is being started, and if it could not be.
        var process: GuardedProcess?
        /// From before its start until it is gone and its engine has been told.
        var isRunning = true
    }

    private struct State {
        var programs: [Program] = []
        /// The program whose end is the job's.
        var first: Int?
        var isKilled = false
        var isReaped = false
        var warnings: [String] = []

        var isOver: Bool { !programs.contains { $0.isRunning } }
    }

    private let files: JobFiles
    private let environment: [String: String]
    /// Readable when none of the programs is left.
    private let over: OwnedDescriptor
    private let state = Mutex(State())

    /// How long helpers have to end by themselves, in nanoseconds.
    private static let helperGrace: UInt64 = 2_000_000_000

    /// Makes the output directory and writes the run configuration.
    init(_ request: JobRequest) throws(EngineError) {
        files = JobFiles(directory: request.directory, temporary: request.temporaryDirectory)
        environment = ScenarioEnvironment.make(
            runConfig: files.runConfig, telemetryURL: request.telemetryURL, outputDirectory: files.output, temporaryDirectory: files.temporary)
        do {
            over = try OwnedDescriptor("eventfd", eventfd(0, CInt(EFD_CLOEXEC | EFD_NONBLOCK)))
        } catch {
            throw EngineError(lynx_status(LYNX_E_RESOURCES), "\(error)", errno: error.code)
        }
        try files.create(runConfigJSON: request.runConfigJSON)
    }

    /// Starts a program.
    ///
    /// - Returns: the pid of the first program that is no helper, 0 if there is none, and the descriptor that tells of the end.
    func spawn(_ program: HostedProgram) throws(EngineError) -> (pid: Int32, exitDescriptor: Int32) {
        let loop = try ProcessThreads.loop.get()
        let path = try ProgramLookup.executable(program.path, setting: "program")
        let (index, isFirst) = try admit(program)
        let (stdout, stderr) = logs(of: index, isFirst: isFirst)
        let settings = HostedSettings.current
        let request = GuardedProcess.Request(
            program: path, arguments: program.arguments, environment: environment.merging(program.environment) { $1 },
            workingDirectory: program.workingDirectory ?? files.output, stdoutPath: stdout, stderrPath: stderr,
            captureBytes: program.onLine == nil ? settings.captureBytes : max(settings.captureBytes, ProgramFollower.capture),
            hasPrivateSharedMemory: settings.hasPrivateSharedMemory)
        let process: GuardedProcess
        do throws(EngineError) {
            process = try ProcessThreads.onLastingThread { () throws(EngineError) in try GuardedProcess(request) }
        } catch {
            for log in [stdout, stderr] { unlink(log) }
            ended(index, wasStarted: false)
            throw error
        }
        let (isTooLate, pid) = state.withLock { state in
            state.programs[index].process = process
            return (state.isKilled, state.first.flatMap { state.programs[$0].process?.pid } ?? 0)
        }
        if isTooLate { process.kill() }
        ProgramFollower(program, process, stdout: stdout, cutTo: settings.captureBytes) { [self] in ended(index) }.begin(on: loop)
        return (pid, over.raw)
    }

    private func admit(_ program: HostedProgram) throws(EngineError) -> (index: Int, isFirst: Bool) {
        let place = state.withLock { state -> (Int, Bool)? in
            guard !state.isKilled, !state.isReaped else { return nil }
            // It may have been over for a moment between two programs that launch starts.
            var count: UInt64 = 0
            _ = read(over.raw, &count, MemoryLayout<UInt64>.size)
            let (index, isFirst) = (state.programs.count, !program.isHelper && state.first == nil)
            if isFirst { state.first = index }
            state.programs.append(Program(isHelper: program.isHelper, stderr: logs(of: index, isFirst: isFirst).stderr))
            return (index, isFirst)
        }
        guard let place else { throw EngineError(lynx_status(LYNX_E_LAUNCH), "the job has been ended; no program is started for it any more") }
        return place
    }

    private func logs(of index: Int, isFirst: Bool) -> (stdout: String, stderr: String) {
        if isFirst { return (files.stdout, files.stderr) }
        let base = "\(files.output)/process-\(index + 1)"
        return (base + ".stdout.log", base + ".stderr.log")
    }

    /// Records that a program is gone. The last one that is no helper takes the helpers with it.
    private func ended(_ index: Int, wasStarted: Bool = true) {
        let helpers = state.withLock { state -> [GuardedProcess] in
            state.programs[index].isRunning = false
            if !wasStarted, state.first == index { state.first = nil }
            if state.isOver {
                var one: UInt64 = 1
                _ = write(over.raw, &one, MemoryLayout<UInt64>.size)
            }
            guard !state.programs[index].isHelper, !state.programs.contains(where: { $0.isRunning && !$0.isHelper }) else { return [] }
            return state.programs.filter { $0.isRunning && $0.isHelper }.compactMap(\.process)
        }
        guard !helpers.isEmpty else { return }
        for helper in helpers { helper.signal(SIGTERM) }
        // The process holds on to itself no longer than until it is reaped.
        if let loop = try? ProcessThreads.loop.get() {
            loop.execute { context in context.schedule(after: Self.helperGrace) { _ in for helper in helpers { helper.kill() } } }
        } else {
            for helper in helpers { helper.kill() }
        }
    }

    func signal(_ number: Int32) {
        for program in state.withLock({ $0.programs }) where program.isRunning && !program.isHelper { program.process?.signal(number) }
    }

    func kill() {
        let processes = state.withLock { state in
            state.isKilled = true
            return state.programs.compactMap(\.process)
        }
        for process in processes { process.kill() }
    }

    /// How the first program that is no helper ended. To be called once, when none is left.
    func reap() throws(EngineError) -> SimulationExit {
        let taken = state.withLock { state -> (programs: [Program], first: Int)? in
            guard state.isOver, !state.isReaped, state.programs.contains(where: { $0.process != nil }) else { return nil }
            state.isReaped = true
            return (state.programs, state.first ?? 0)
        }
        guard let (programs, first) = taken else {
            throw EngineError(lynx_status(LYNX_E_INTERNAL), "reap of process/1 was called before the end of the job's programs, or twice")
        }
        var exit: SimulationExit?
        var (warnings, mostMemory): ([String], Int64) = ([], 0)
        for (index, program) in programs.enumerated() {
            guard let end = program.process?.reap() else { continue }
            warnings += end.leftovers.warnings
            mostMemory = max(mostMemory, end.maxRSSBytes)
            if index == first || exit == nil { exit = SimulationExit.byExitCode(end, stderrPath: program.stderr) }
        }
        state.withLock { $0.warnings = warnings }
        guard var exit else { throw EngineError(lynx_status(LYNX_E_INTERNAL), "none of the job's programs was started") }
        exit.maxRSSBytes = mostMemory
        return exit
    }

    func collect(into sink: borrowing ArtifactSink) throws(EngineError) {
        for warning in state.withLock({ $0.warnings }) { sink.warning(warning) }
        var collector = ArtifactCollector()
        try collector.collect(directory: files.output, into: sink)
    }

    /// Kills what still runs, and waits until it is gone.
    func close() {
        kill()
        while !state.withLock({ $0.isOver }) {
            var wait = pollfd(fd: over.raw, events: Int16(POLLIN), revents: 0)
            poll(&wait, 1, -1)
        }
    }
}
