import CLinux
import EngineKit
import FoundationEssentials
import Glibc
import Synchronization

/// The reason why a proof does not continue.
enum ProofSetback: Error {
    /// The proof failed, and the scenario stays cold.
    case failed(String)
    /// The step is repeated at normal priority.
    case hurried
    /// The step is to be repeated at normal priority, which is not permitted yet.
    case postponed
    /// Files that the proof depends on have changed meanwhile.
    case changed
}

/// Notifies work at idle priority, once, that it may run at normal priority from now on.
final class Hurry: Sendable {
    /// Readable from the notification on.
    let descriptor: Int32
    private let isSet: Atomic<Bool>

    init(_ isSet: Bool) {
        descriptor = eventfd(0, Int32(EFD_CLOEXEC))
        self.isSet = Atomic(isSet)
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    var isHurried: Bool { isSet.load(ordering: .acquiring) }

    func hurry() {
        isSet.store(true, ordering: .releasing)
        eventfd_write(descriptor, 1)
    }
}

/// Runs the scenario for its proof: one run at a time, each in the same directory, which is set aside afterwards.
struct ProofRuns {
    let scenario: Scenario
    let store: WarmStore
    let hurry: Hurry
    /// The duration of a job in seconds.
    let runSeconds: Double

    /// The path has the form of a job's directory, as a scenario may parse it.
    private var directory: String { store.work + "/attempt-1" }
    private var isIdle: Bool { !hurry.isHurried }
    /// The time in milliseconds after which a run counts as hung.
    private var limit: Int { Int(10_000 + 10_000 * min(max(runSeconds, 0), 1e6)) }

    /// Runs a fresh process.
    ///
    /// - Parameter additions: variables to add to its environment.
    func cold(_ name: String, adding additions: [String: String] = [:]) throws -> RunRecord {
        try run(name) { request in
            var request = request
            request.environment.merge(additions) { $1 }
            return try GuardedProcess(request)
        }
    }

    /// Runs a copy of a parent.
    ///
    /// - Parameter milliseconds: the time after which it is killed; nil never.
    func warm(_ name: String, from parent: WarmParent, killedAfter milliseconds: Int? = nil) throws -> RunRecord {
        try run(name, killedAfter: milliseconds) { request in
            switch try parent.start(request, variables: Scenario.ownVariables) {
            case .started(let process): return process
            case .outdated: throw ProofSetback.changed
            case .failed(let why): throw isIdle ? ProofSetback.postponed : ProofSetback.failed(why)
            }
        }
    }

    /// Runs a process that is not a run: it receives no variables of a job and has no output.
    func other(_ name: String, environment: [String: String]) throws -> GuardedProcess.End {
        try makeDirectory()
        let files = JobFiles(directory: directory)
        var request = scenario.request(files, telemetryURL: "")
        request.environment = environment
        let process = try start(request) { try GuardedProcess($0) }
        try wait(for: process, name)
        guard let end = process.reap() else { throw ProofSetback.failed("\(name) was lost") }
        putAside(as: name)
        return end
    }

    /// Starts a parent and waits until it has done its imports.
    func start(_ request: WarmParent.Request) throws -> WarmParent {
        let parent = try WarmParent(request)
        if isIdle { ProcessPriority.lower(parent.pid) }
        switch try wait(on: parent.socket, milliseconds: limit) {
        case .readable: break
        case .timedOut: throw isIdle ? ProofSetback.postponed : ProofSetback.failed("its warm parent is not done with the imports in \(limit / 1000) s")
        }
        switch parent.receive() {
        case .text("ready"): return parent
        case .text(let text) where text.hasPrefix("outdated"): throw ProofSetback.changed
        case .text(let text): throw ProofSetback.failed(WarmParent.reason(text))
        case .none, .gone: throw ProofSetback.failed("its warm parent ended while it imported")
        }
    }

    /// Whether a parent of these runs can serve jobs: its low priority has to be removed.
    func canServe(_ parent: WarmParent) -> Bool { ProcessPriority.restore(parent.pid) }

    private func run(
        _ name: String, killedAfter milliseconds: Int? = nil, _ launch: (GuardedProcess.Request) throws -> GuardedProcess
    ) throws -> RunRecord {
        try makeDirectory()
        let files = JobFiles(directory: directory)
        guard let configuration = store.bytes(store.runConfig) else { throw ProofSetback.changed }
        try files.create(runConfigJSON: configuration)
        let temporary = directory + "/tmp"
        mkdir(temporary, 0o700)
        let telemetry = try SeriesRecording()
        var request = scenario.request(files, telemetryURL: telemetry.url)
        request.environment["TMPDIR"] = temporary
        let clock = ContinuousClock()
        let begin = clock.now
        let process = try start(request, launch)
        if let milliseconds {
            _ = try wait(on: process.exitDescriptor, milliseconds: milliseconds)
            // Only the process itself is killed, not its helpers: Python's own removes the shared memory that a killed run
            // would leave behind.
            Glibc.kill(process.pid, SIGKILL)
        }
        try wait(for: process, name)
        let seconds = (clock.now - begin) / .seconds(1)
        let series = telemetry.finish()
        guard let end = process.reap() else { throw ProofSetback.failed("\(name) was lost") }
        putAside(as: name)
        let aside = JobFiles(directory: store.work + "/" + name)
        return RunRecord(
            output: aside.output, logs: ["stdout.log": aside.stdout, "stderr.log": aside.stderr],
            end: end.exitCode.map { "exit code \($0)" } ?? "signal \(end.exitSignal ?? 0)", telemetry: series, seconds: seconds)
    }

    private func start(
        _ request: GuardedProcess.Request, _ launch: (GuardedProcess.Request) throws -> GuardedProcess
    ) throws -> GuardedProcess {
        let process = try launch(request)
        if isIdle { ProcessPriority.lower(process.pid) }
        return process
    }

    private func wait(for process: GuardedProcess, _ name: String) throws {
        let wasIdle = isIdle
        do {
            guard case .timedOut = try wait(on: process.exitDescriptor, milliseconds: limit) else { return }
        } catch {
            end(process)
            throw error
        }
        end(process)
        throw wasIdle ? ProofSetback.postponed : ProofSetback.failed("the run '\(name)' of its proof did not end in \(limit / 1000) s")
    }

    private func end(_ process: GuardedProcess) {
        process.kill()
        var wait = pollfd(fd: process.exitDescriptor, events: Int16(POLLIN), revents: 0)
        while poll(&wait, 1, -1) < 0 && errno == EINTR {}
        _ = process.reap()
    }

    private enum Event { case readable, timedOut }

    /// - Throws: `hurried` if the priority was lowered and need not be any more.
    private func wait(on descriptor: Int32, milliseconds: Int) throws -> Event {
        let isIdle = isIdle
        let clock = ContinuousClock()
        let end = clock.now + .milliseconds(milliseconds)
        while true {
            let left = Int((end - clock.now) / .milliseconds(1)) + 1
            guard left > 0 else { return .timedOut }
            var waits = [pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0), pollfd(fd: hurry.descriptor, events: Int16(POLLIN), revents: 0)]
            let count = poll(&waits, isIdle ? 2 : 1, Int32(clamping: left))
            if count < 0 && errno != EINTR { throw ProofSetback.failed("poll: \(String(cString: strerror(errno)))") }
            if waits[0].revents != 0 { return .readable }
            if waits[1].revents != 0 { throw ProofSetback.hurried }
        }
    }

    private func makeDirectory() throws {
        try? FileManager.default.removeItem(atPath: directory)
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    private func putAside(as name: String) {
        let aside = store.work + "/" + name
        try? FileManager.default.removeItem(atPath: aside)
        rename(directory, aside)
    }
}
