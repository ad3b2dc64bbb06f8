public import EngineABI
import EngineKit

/// An engine: it starts `program` for each job, reads telemetry from what it prints, and reports the files that it leaves.
///
/// The host starts, watches and ends the processes (`HostProcesses`). What is left for the engine is what it alone knows: which
/// program with which arguments, what its output means, and what its end means.
struct LabEngine: Engine {
    /// What batches and runners call it.
    static let id = "lab"
    static let displayName = "The lab's simulator"
    static let version = "1.0.0"
    static let stopsSoftly = true

    private let host: HostHandle
    private let program: String

    /// Takes the engine's section of engine_options, and checks what can be checked without a job.
    init(host: HostHandle, settings: EngineSettings) throws(EngineError) {
        try HostProcesses.require(host)
        guard let program = settings["program"] else { throw .invalid("engine_options.lab.program: is missing; name the program to run") }
        self.host = host
        self.program = program
    }

    func prepare(_ request: JobRequest) throws(EngineError) -> any EngineJob { try LabJob(host, program, request) }
}

/// One attempt.
final class LabJob: EngineJob {
    private let host: HostHandle
    private let program: String
    private let token: UInt64
    private let processes: HostProcesses

    init(_ host: HostHandle, _ program: String, _ request: JobRequest) throws(EngineError) {
        self.host = host
        self.program = program
        token = request.token
        processes = try HostProcesses(host, request)
    }

    func launch() throws(EngineError) -> LaunchedProcess {
        // The program and its arguments, if it has any.
        try processes.spawn([program]) { [host, token] line in
            // telemetry TIME NAME VALUE UNITS; other lines are left to the log.
            let words = line.split(separator: " ").map(String.init)
            guard words.count == 5, words[0] == "telemetry", let time = Double(words[1]), let value = Double(words[3]) else { return }
            host.emit(job: token, name: words[2], value: value, units: words[4], time: time)
        }
    }

    /// A timeout or a cancellation: the simulator has until the deadline to write down what it has.
    func stop(_ reason: StopReason, deadline: UInt64) -> Bool {
        processes.signal(15)
        return true
    }

    func terminate() { processes.kill() }

    /// Exit code 0 is success.
    func reap() throws(EngineError) -> SimulationExit { try processes.reap() }

    func collect(into sink: borrowing ArtifactSink) throws(EngineError) { try processes.collect(into: sink) }
}

@c @implementation
public func lynx_engine_entry(_ host: UnsafePointer<lynx_host>!, _ abiMajor: UInt32) -> UnsafePointer<lynx_engine>! {
    EngineTable.make(LabEngine.self, host: host, abiMajor: abiMajor)
}
